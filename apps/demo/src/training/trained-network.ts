import { signal } from '@preact/signals';
import type { ModelSource } from '../network/model-source';
import { useModel } from '../network/network-client';

/** The model file of what was trained in this page, as of the last checkpoint. */
export const trainedFile = signal<Uint8Array | null>(null);

/** Whether the panels use it as soon as there is a newer one. */
export const usesTrained = signal(true);

export const trainedTitle = 'Trained here';

/** Has the panels use what was trained in this page. */
export function useTrained(file: Uint8Array): void {
  void useModel({ file, title: trainedTitle });
}

/** Whether a model is the one that was trained in this page. */
export function isTrainedHere(source: ModelSource): boolean {
  return 'file' in source && source.title === trainedTitle;
}
