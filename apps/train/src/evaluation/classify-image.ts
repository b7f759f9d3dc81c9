import type { AnyNetwork } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Image, stack } from '../pictures/image';
import { UsageError } from '../terminal/errors';
import type { Found } from './doubts';
import { certaintyOf } from './reconstruction-error';
import { predictionsOf } from './scored-images';

export interface Classified extends Found {
  /** Of each class: the length of its capsule, or its probability. */
  readonly scores: readonly number[];
}

/**
 * One image at a time: an image more needs no memory more.
 *
 * @param digits in an image: 1, or 2 of a pair
 * @returns the most active classes, as many, in ascending order
 * @throws UsageError when a score is not finite
 */
export async function classifyImage(net: AnyNetwork, image: Image, digits: number): Promise<Classified> {
  const images = stack([image]);
  const certainty = certaintyOf(net, images);
  const [scores, errors] = (await Promise.all([
    certainty.scores.data(),
    certainty.reconstructionErrors?.data(),
  ])) as [Float32Array, Float32Array | undefined];
  tf.dispose([images, { ...certainty }]);
  if (!scores.every(Number.isFinite))
    throw new UsageError('the scores are not finite: the weights are too large');
  const { classes } = net.config;
  const [found] = predictionsOf({ classes, digits, scores, labels: new Int32Array(digits) });
  return {
    classes: found!.sort((a, b) => a - b),
    scores: [...scores],
    // Of a pair one capsule draws one digit of two.
    ...(errors && digits === 1 && { reconstructionError: errors[0]! }),
  };
}
