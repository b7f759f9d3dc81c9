import type { CapsNet } from '@capsnet/core';
import written from '../models/efficient-capsnet-multimnist/card.json';
import { type LoadOptions, loadModel, type ModelFiles } from './load-model';
import type { ModelCard } from './model-card';

export type { LoadOptions, LoadProgress, ModelFile, ModelFiles } from './load-model';
export type { Figures, FileOfModel, Measured, ModelCard } from './model-card';

/** What this network is, how it was trained and how well it reads. */
export const card: ModelCard = written;

/**
 * Loads this network. The caller disposes of it.
 *
 * @throws if a file cannot be read or is not the published one, or the signal says so
 */
export function load(options: LoadOptions = {}): Promise<CapsNet> {
  return loadModel(card, filesHere, options);
}

/** Bundlers read these lines: a file's address is to stand in one piece. */
function filesHere(): ModelFiles {
  return {
    weights: new URL('../models/efficient-capsnet-multimnist/weights.safetensors', import.meta.url),
    decoder: new URL('../models/efficient-capsnet-multimnist/decoder.safetensors', import.meta.url),
  };
}
