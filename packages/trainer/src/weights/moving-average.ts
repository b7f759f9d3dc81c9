import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';
import { assignWeights, copyWeights } from './weights';

/** A moving average of trainable variables; see {@link movingAverage}. */
export interface MovingAverage {
  /** Takes in the variables as they are after step `step`, counted from 1. */
  update(step: number): void;
  /** Runs with the averages in place of the variables' values, which afterwards are back, bit for bit. */
  during<T>(run: () => Promise<T>): Promise<T>;
  /** The averages themselves, not copies. */
  tensors(): NamedTensors;
  /** Copies what it needs. */
  restore(averages: NamedTensors): void;
  dispose(): void;
}

/**
 * An exponential moving average of weights, `sum over i of decay^(t - i) w_i`, divided by the sum of its coefficients as
 * Adam's moments are, so that it does not lean towards the weights the run started from:
 *
 *     average += (1 - decay) / (1 - decay^t) (w - average)
 */
export function movingAverage(
  variables: Readonly<Record<string, tf.Variable>>,
  decay: number,
): MovingAverage {
  let averages = copyWeights({ ...variables });

  return {
    update(step) {
      const share = (1 - decay) / (1 - decay ** step);
      for (const [name, variable] of Object.entries(variables)) {
        const old = averages[name]!;
        averages[name] = tf.keep(tf.tidy(() => tf.add(old, tf.mul(tf.sub(variable, old), share))));
        tf.dispose(old);
      }
    },
    async during(run) {
      const weights = copyWeights({ ...variables });
      try {
        assignWeights(variables, averages);
        return await run();
      } finally {
        assignWeights(variables, weights);
        tf.dispose(weights);
      }
    },
    tensors: () => averages,
    restore(saved) {
      tf.dispose(averages);
      averages = copyWeights(saved);
    },
    dispose() {
      tf.dispose(averages);
    },
  };
}
