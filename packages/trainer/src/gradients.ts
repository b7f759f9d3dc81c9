import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, Trainable } from './interfaces';

/** The gradients of a batch's loss by the trainable's names, and its metrics as one tensor; the caller's to dispose of. */
export interface Gradients {
  readonly gradients: NamedTensors;
  /** `loss` first. */
  readonly names: readonly string[];
  /** [names] */
  readonly values: tf.Tensor;
}

/** @param variables the trainable ones */
export function computeGradients<B>(
  trainable: Trainable<B>,
  variables: Readonly<Record<string, tf.Variable>>,
  batch: B,
): Gradients {
  let names: string[] = [];
  let values: tf.Tensor | undefined;
  try {
    const { value, grads } = tf.variableGrads(() => {
      const { loss, metrics } = trainable.loss(batch);
      const all: Readonly<Record<string, tf.Tensor>> = { loss, ...metrics };
      names = Object.keys(all);
      // Kept, since of all that is made in here only the loss would outlive the call.
      values = tf.keep(tf.stack(Object.values(all).map(scalar => tf.cast(scalar, 'float32'))));
      return loss;
    }, Object.values(variables));
    value.dispose();
    const gradients: NamedTensors = {};
    for (const [name, variable] of Object.entries(variables)) {
      const gradient = grads[variable.name];
      if (gradient) gradients[name] = gradient;
    }
    return { gradients, names, values: values! };
  } catch (error) {
    values?.dispose();
    throw error;
  }
}
