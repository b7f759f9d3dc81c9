import * as tf from '@tensorflow/tfjs-core';
import { clipByNorm } from './clip';
import type { Batch, NamedTensors, Optimizer, Trainable } from './interfaces';

/** What one step gave; the tensors are the caller's to dispose of. */
export interface Step {
  /** By the trainable's names, before clipping. */
  readonly gradients: NamedTensors;
  /** Of the metrics: `loss` first, {@link gradientNorm} last if gradients are clipped. */
  readonly names: readonly string[];
  /** [names], one tensor, so that one read fetches all. */
  readonly values: tf.Tensor;
}

/** The joint norm of the gradients before clipping, among the metrics of a step. */
export const gradientNorm = 'gradient norm';

/**
 * Moves the weights by one batch: gradients, clipped, applied. Reads nothing, so it need not wait for the device.
 *
 * @param options.variables the trainable ones
 * @param options.clipNorm  see {@link clipByNorm}; undefined for no limit
 */
export function takeStep<B extends Batch>(
  trainable: Trainable<B>,
  batch: B,
  {
    variables,
    optimizer,
    clipNorm,
  }: {
    readonly variables: Readonly<Record<string, tf.Variable>>;
    readonly optimizer: Optimizer;
    readonly clipNorm: number | undefined;
  },
): Step {
  const step = computeGradients(trainable, batch, variables);
  const { gradients, names, values } = step;
  let clipping: ReturnType<typeof clipByNorm> | undefined;
  try {
    if (clipNorm === undefined) {
      optimizer.apply(gradients);
      return step;
    }
    clipping = clipByNorm(gradients, clipNorm);
    const { clipped, norm } = clipping;
    optimizer.apply(clipped);
    const all = tf.tidy(() => tf.concat([values, tf.reshape(norm, [1])]));
    values.dispose();
    return { gradients, names: [...names, gradientNorm], values: all };
  } catch (error) {
    tf.dispose([gradients, values]);
    throw error;
  } finally {
    if (clipping) tf.dispose([clipping.clipped, clipping.norm]);
  }
}

function computeGradients<B>(
  trainable: Trainable<B>,
  batch: B,
  variables: Readonly<Record<string, tf.Variable>>,
): Step {
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
