import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { capsuleLength } from '../capsules/length';
import { field, finite, fraction, kindByDefault } from '../configuration/fields';
import type { ClassLoss } from './class-loss';
import { targetsOf } from './labels';

const schema = z.strictObject({
  type: kindByDefault('margin', "What teaches the class capsules: the margin loss is the paper's."),
  squared: field(z.boolean(), true, 'Squared margins, as in the paper, or plain ones, as in labml.'),
  mPositive: field(fraction, 0.9, 'A present class is active enough from here.'),
  mNegative: field(fraction, 0.1, 'An absent class is inactive enough up to here.'),
  lambda: field(
    finite.check(z.gte(0)),
    0.5,
    'The weight of absent classes, which keeps all capsules from shrinking at the start.',
  ),
});

export type MarginLossOptions = Readonly<Partial<Omit<z.output<typeof schema>, 'type'>>>;

/**
 * The margin loss (the paper's equation 4), summed over classes and averaged over the batch:
 *
 * $$ L_k = T_k \max(0, m^+ - \lVert v_k \rVert)^2 + \lambda (1 - T_k) \max(0, \lVert v_k \rVert - m^-)^2 $$
 *
 * The truth comes first, as in all losses of tfjs: `model.compile({ loss: marginLoss, ... })`.
 *
 * @param yTrue class indices [batch], or targets $T_k$ [batch, classes], 1 for each class that is present
 * @param yPred class capsules [batch, classes, dim], or their lengths (or other activations) [batch, classes]
 * @returns a scalar; its gradient is finite for a capsule of length 0
 * @throws CapsnetError if shapes do not fit each other, or a label is not one of the classes
 */
export function marginLoss(yTrue: tf.Tensor, yPred: tf.Tensor, options: MarginLossOptions = {}): tf.Scalar {
  return tf.tidy(() => tf.mean(marginLossPerExample(yTrue, yPred, options)) as tf.Scalar);
}

/** {@link marginLoss} of each example apart: [batch]. */
export function marginLossPerExample(
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  options: MarginLossOptions = {},
): tf.Tensor1D {
  expectKnownOptions('marginLoss', options, ['squared', 'mPositive', 'mNegative', 'lambda'], ['type']);
  return tf.tidy(() => {
    const activations = activationsOf(yPred); // [batch, classes]
    const [batch, classes] = activations.shape;
    return ofTargets(targetsOf(yTrue, batch, classes, 'marginLoss'), activations, options);
  });
}

/** The margin loss as one of those that a network can be taught by. */
export const margin = { type: 'margin', schema, perExample: ofTargets } satisfies ClassLoss<
  Readonly<z.output<typeof schema>>
>;

function ofTargets(
  targets: tf.Tensor2D,
  activations: tf.Tensor2D,
  { squared = true, mPositive = 0.9, mNegative = 0.1, lambda = 0.5 }: MarginLossOptions,
): tf.Tensor1D {
  return tf.tidy(() => {
    const absent = tf.mul(tf.sub(1, targets), lambda);
    // By hand, the gradient takes three operations instead of two dozen: of tensors this small, their number is what counts.
    const withGradient = tf.customGrad((...inputs) => {
      const [activations, save] = inputs as unknown as [tf.Tensor2D, tf.GradSaveFunc];
      const tooShort = tf.relu(tf.sub(mPositive, activations));
      const tooLong = tf.relu(tf.sub(activations, mNegative));
      const [ofShort, ofLong] = squared ? [tooShort, tooLong] : [tf.step(tooShort), tf.step(tooLong)];
      const [towards, away] = [tf.mul(targets, ofShort), tf.mul(absent, ofLong)];
      save([tf.sub(away, towards)]);
      return {
        value: tf.sum(tf.add(tf.mul(towards, tooShort), tf.mul(away, tooLong)), -1),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const slope = tf.mul(tf.expandDims(dy, -1), saved[0]!);
          return squared ? tf.mul(slope, 2) : slope;
        },
      };
    });
    return withGradient(activations) as tf.Tensor1D;
  });
}

function activationsOf(yPred: tf.Tensor): tf.Tensor2D {
  if (yPred.rank === 3) return capsuleLength(yPred) as tf.Tensor2D;
  if (yPred.rank === 2) return yPred as tf.Tensor2D;
  throw new CapsnetError(
    'invalid-tensor',
    `marginLoss: expected capsules [batch, classes, dim] or activations [batch, classes], found [${yPred.shape}]`,
  );
}
