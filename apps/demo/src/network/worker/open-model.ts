import { type CapsNet, decodeCapsNet } from '@capsnet/core';
import { loadPretrained } from '@capsnet/pretrained';
import type { ModelSource, Progress } from '../model-source';

/**
 * Fetches and builds a network, which the caller disposes of.
 *
 * @throws if a file cannot be fetched, or is not a model file
 */
export async function openModel(
  source: ModelSource,
  onProgress: (progress: Progress) => void,
): Promise<CapsNet> {
  return 'file' in source ? decodeCapsNet(source.file) : loadPretrained(source.pretrained, { onProgress });
}
