import { CapsnetError } from '@capsnet/checks';
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
  if ('pretrained' in source) return loadPretrained(source.pretrained, { onProgress });
  try {
    return await decodeCapsNet(source.file);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CapsnetError('invalid-data', `${source.title} is no weights file of capsnet (${reason})`, {
      cause,
    });
  }
}
