import { CapsnetError } from '@capsnet/checks';
import { decodeSafetensors, encodeSafetensors } from '@capsnet/safetensors';
import type { ScoredImages } from './scored-images';

/** Scores are kept as whole numbers, of which this is 1: finer than any two networks agree, in half of the bytes. */
const one = 2 ** 16 - 1;

/**
 * Scores of images as safetensors: `scores` [images, classes], in 65535ths, and `labels` [images, digits], both in whole
 * numbers of 16 bits. Whatever reads safetensors can compare trainings by them, image by image, without their weights.
 */
export function encodeScores({ classes, digits, scores, labels }: ScoredImages): Uint8Array {
  const images = labels.length / digits;
  return encodeSafetensors(
    {
      scores: {
        dtype: 'U16',
        shape: [images, classes],
        data: Uint16Array.from(scores, score => Math.round(score * one)),
      },
      labels: { dtype: 'U16', shape: [images, digits], data: Uint16Array.from(labels) },
    },
    { scores: 'in 65535ths, of test images in their order' },
  );
}

/** @throws CapsnetError `damaged-file` when these are no scores */
export function decodeScores(bytes: Uint8Array): ScoredImages {
  const { scores, labels } = decodeSafetensors(bytes).tensors;
  const [images, classes] = scores?.shape ?? [];
  const digits = labels?.shape[1];
  if (
    scores?.dtype !== 'U16' ||
    labels?.dtype !== 'U16' ||
    !classes ||
    !digits ||
    labels.shape[0] !== images
  ) {
    const found = [scores, labels].map(tensor => (tensor ? `${tensor.dtype} [${tensor.shape}]` : 'none'));
    throw new CapsnetError(
      'damaged-file',
      `expected scores U16 [images, classes] and labels U16 [images, digits], found ${found.join(' and ')}`,
    );
  }
  return {
    classes,
    digits,
    scores: Float32Array.from(scores.data as Uint16Array, score => score / one),
    labels: Int32Array.from(labels.data as Uint16Array),
  };
}
