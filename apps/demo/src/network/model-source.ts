import type { PretrainedName } from '@capsnet/pretrained';

/** The networks that come with the page; the first one is loaded with it. */
export const pretrainedModels: readonly { readonly name: PretrainedName; readonly title: string }[] = [
  { name: 'capsnet-mnist', title: 'CapsNet' },
  { name: 'efficient-capsnet-mnist', title: 'Efficient-CapsNet' },
];

/** Where a network comes from: one of the page's own, or a model file. */
export type ModelSource =
  | { readonly pretrained: PretrainedName }
  | { readonly file: Uint8Array; readonly title: string };

/** Bytes of weights that have arrived, of how many. */
export interface Progress {
  readonly loaded: number;
  readonly total: number;
}
