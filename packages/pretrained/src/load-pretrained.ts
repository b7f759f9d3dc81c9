import { CapsnetError, expectKnownOptions, nearest, show } from '@capsnet/checks';
import type { CapsNet } from '@capsnet/core';
import capsNetMnist from '../models/capsnet-mnist/card.json';
import efficientCapsNetMnist from '../models/efficient-capsnet-mnist/card.json';
import efficientCapsNetMultiMnist from '../models/efficient-capsnet-multimnist/card.json';
import { type LoadOptions, loadOptions } from './load-model';
import type { ModelCard } from './model-card';

/** The networks of this package, by name. */
export const pretrainedNames = [
  'capsnet-mnist',
  'efficient-capsnet-mnist',
  'efficient-capsnet-multimnist',
] as const;
export type PretrainedName = (typeof pretrainedNames)[number];

/** What each network is, how it was trained and how well it reads. */
export const modelCards: Readonly<Record<PretrainedName, ModelCard>> = {
  'capsnet-mnist': capsNetMnist,
  'efficient-capsnet-mnist': efficientCapsNetMnist,
  'efficient-capsnet-multimnist': efficientCapsNetMultiMnist,
};

const modules: Readonly<Record<PretrainedName, () => Promise<Model>>> = {
  'capsnet-mnist': () => import('./capsnet-mnist'),
  'efficient-capsnet-mnist': () => import('./efficient-capsnet-mnist'),
  'efficient-capsnet-multimnist': () => import('./efficient-capsnet-multimnist'),
};

interface Model {
  load(options: LoadOptions): Promise<CapsNet>;
}

/**
 * Loads a network of this package: in Node from its own files, in a browser from where the page's bundler put them. The
 * caller disposes of it.
 *
 * @throws if there is none of that name, a file cannot be read or is not the published one, or the signal says so
 */
export async function loadPretrained(name: PretrainedName, options: LoadOptions = {}): Promise<CapsNet> {
  if (!Object.hasOwn(modules, name)) {
    throw new CapsnetError(
      'invalid-argument',
      `loadPretrained: expected one of ${nearest(String(name), pretrainedNames).join(', ')}, found ${show(name)}`,
    );
  }
  expectKnownOptions('loadPretrained', options, loadOptions);
  const { load } = await modules[name]();
  return load(options);
}
