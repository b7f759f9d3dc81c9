import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Expects that along the gradient of each trained weight the loss rises by its length, by finite differences. */
export function expectGradients(
  variables: Readonly<Record<string, tf.Variable>>,
  loss: () => tf.Scalar,
): void {
  const { grads } = tf.variableGrads(loss);
  const step = 2e-3;
  for (const [name, variable] of Object.entries(variables)) {
    if (!variable.trainable) continue;
    const gradient = grads[variable.name]!;
    const length = tf.norm(gradient).dataSync()[0]!;
    const start = tf.clone(variable);
    const lossAt = (distance: number) => {
      variable.assign(tf.add(start, tf.mul(gradient, distance / length)));
      return loss().dataSync()[0]!;
    };
    const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
    // In float32 a loss of a few units is not known more finely.
    expect([slope], name).toBeAllClose([length], { relative: 0.02, absolute: 1e-4 });
    variable.assign(start);
  }
}
