import * as tf from '@tensorflow/tfjs-core';

/** What a network is trained by: the mean loss of a batch, differentiable, and the means of what it is made of. */
export type BatchLoss = {
  readonly loss: tf.Scalar;
  readonly metrics: Readonly<Record<string, tf.Scalar>>;
};

/** The means of what has one value per example, `loss` among them. */
export function meanLoss(perExample: () => Readonly<Record<string, tf.Tensor>>): BatchLoss {
  return tf.tidy(() => {
    const means = Object.entries(perExample())
      .filter(([, values]) => values.rank === 1)
      .map(([name, values]) => [name, tf.mean(values) as tf.Scalar] as const);
    const { loss, ...metrics } = Object.fromEntries(means);
    return { loss: loss!, metrics };
  }) as BatchLoss;
}
