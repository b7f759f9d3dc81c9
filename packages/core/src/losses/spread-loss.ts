import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { field, fraction, required, size } from '../configuration/fields';
import type { ClassLoss } from './class-loss';
import { targetsOf } from './labels';

const schema = z.strictObject({
  type: required(z.literal('spread'), 'The spread loss, of matrix capsules.'),
  from: field(fraction, 0.2, 'The margin at the start, small so that no capsule is given up too early.'),
  to: field(fraction, 0.9, 'The margin at the end.'),
  steps: field(size, 5000, 'Steps of training in which the margin grows from the one to the other.'),
});

type SpreadLossSettings = Readonly<z.output<typeof schema>>;

export interface SpreadLossOptions {
  /** $m$: how far the right class is to lie above each other one. Default 0.9. */
  readonly margin?: tf.Scalar | number;
}

/** How the margin grows in training. */
export type SpreadMarginOptions = Readonly<Partial<Omit<SpreadLossSettings, 'type'>>>;

/**
 * The spread loss of matrix capsules (equation 3 of [Hinton, Sabour and Frosst,
 * 2018](https://openreview.net/forum?id=HJWLfGWRb)), averaged over the batch: each wrong class i is to be less active than the
 * right one t, by a margin.
 *
 * $$ L = \sum_{i \neq t} \max(0, m - (a_t - a_i))^2 $$
 *
 * Where an example has several right classes, each is compared with each wrong one.
 *
 * @param yTrue class indices [batch], or targets [batch, classes], 1 for each class that is present
 * @param yPred activations [batch, classes]
 * @throws CapsnetError if shapes do not fit each other, or a label is not one of the classes
 */
export function spreadLoss(yTrue: tf.Tensor, yPred: tf.Tensor, options: SpreadLossOptions = {}): tf.Scalar {
  return tf.tidy(() => tf.mean(spreadLossPerExample(yTrue, yPred, options)) as tf.Scalar);
}

/** {@link spreadLoss} of each example apart: [batch]. */
export function spreadLossPerExample(
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  options: SpreadLossOptions = {},
): tf.Tensor1D {
  expectKnownOptions('spreadLoss', options, ['margin']);
  const { margin = 0.9 } = options;
  if (yPred.rank !== 2) {
    throw new CapsnetError(
      'invalid-tensor',
      `spreadLoss: expected activations [batch, classes], found [${yPred.shape}]`,
    );
  }
  const [batch, classes] = yPred.shape as [number, number];
  return tf.tidy(() =>
    ofTargets(targetsOf(yTrue, batch, classes, 'spreadLoss'), yPred as tf.Tensor2D, margin),
  );
}

/**
 * The margin at a step of training. It grows linearly, so that at first no class is pushed so far that its capsules die.
 *
 * @param step from 0
 */
export function spreadMargin(step: tf.Scalar | number, options: SpreadMarginOptions = {}): tf.Scalar {
  expectKnownOptions('spreadMargin', options, ['from', 'to', 'steps'], ['type']);
  const { from = 0.2, to = 0.9, steps = 5000 } = options;
  return tf.tidy(() => tf.add(from, tf.mul(to - from, tf.minimum(1, tf.div(step, steps)))));
}

/** The spread loss as one of those that a network can be taught by. */
export const spread = {
  type: 'spread',
  schema,
  countsSteps: true,
  perExample: (targets, activations, settings, step) =>
    ofTargets(targets, activations, step ? spreadMargin(step, settings) : settings.to),
} satisfies ClassLoss<SpreadLossSettings>;

function ofTargets(targets: tf.Tensor2D, activations: tf.Tensor2D, margin: tf.Scalar | number): tf.Tensor1D {
  return tf.tidy(() => {
    const gaps = tf.sub(tf.expandDims(activations, 2), tf.expandDims(activations, 1)); // a_t - a_i: [batch, t, i]
    const tooClose = tf.square(tf.relu(tf.sub(margin, gaps)));
    const isPair = tf.mul(tf.expandDims(targets, 2), tf.expandDims(tf.sub(1, targets), 1)); // t present, i absent
    return tf.sum(tf.mul(isPair, tooClose), [1, 2]) as tf.Tensor1D;
  });
}
