import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { CapsNet } from '../networks/capsnet/capsnet';

export interface PerturbOptions {
  /** Which class capsule is changed; the most active when not given. */
  readonly label?: number;
  /** What is added to one dimension at a time. Default: -0.25 to 0.25 in steps of 0.05, as in the paper's figure 4. */
  readonly offsets?: readonly number[];
}

/** The paper's offsets: -0.25, -0.2 ... 0.25. */
export const paperOffsets: readonly number[] = Array.from({ length: 11 }, (_, step) => (step - 5) / 20);

/**
 * What the dimensions of a capsule stand for (section 5.1 of the paper): each is moved by each offset, and decoded.
 *
 * @param image [height, width, channels] in 0..1
 * @returns [classDim, offsets, height, width, channels] in 0..1
 * @throws CapsnetError for a network without a decoder, or a label that is not one of its classes
 */
export function perturb(network: CapsNet, image: tf.Tensor3D, options: PerturbOptions = {}): tf.Tensor5D {
  expectKnownOptions('perturb', options, ['label', 'offsets']);
  const { label, offsets = paperOffsets } = options;
  const { classes, classDim } = network.config;
  if (label !== undefined && !(Number.isInteger(label) && label >= 0 && label < classes)) {
    throw new CapsnetError(
      'invalid-argument',
      `perturb: expected a label from 0 to ${classes - 1}, found ${label}`,
    );
  }
  return tf.tidy(() => {
    const { poses, activations } = network.capsules(tf.expandDims(image, 0)); // [1, classes, classDim], [1, classes]
    const chosen =
      label === undefined ? (tf.argMax(activations, -1) as tf.Tensor1D) : tf.tensor1d([label], 'int32');
    // One row per dimension and offset: the identity picks the dimension, the column the offset.
    const moves = tf.mul(
      tf.expandDims(tf.eye(classDim), 1),
      tf.reshape(tf.tensor1d([...offsets]), [1, -1, 1]),
    );
    const rows = tf.reshape(moves, [classDim * offsets.length, 1, classDim]);
    const moved = tf.add(poses, rows) as tf.Tensor3D; // [rows, classes, classDim]; the mask drops the other classes
    const images = network.decode(moved, tf.tile(chosen, [classDim * offsets.length]) as tf.Tensor1D);
    return tf.reshape(images, [classDim, offsets.length, ...image.shape]) as tf.Tensor5D;
  });
}
