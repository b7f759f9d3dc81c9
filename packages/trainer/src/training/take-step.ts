import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Metrics, NamedTensors, Optimizer, Trainable } from '../interfaces';
import { clipByNorm } from '../optimizers/clip';

/** What one step gave; the tensors are the caller's to dispose of. */
export interface Step {
  /** By the trainable's names, before clipping. */
  readonly gradients: NamedTensors;
  /** Of the values: what the batch holds, `loss` and the other metrics, {@link gradientNorm} if gradients are clipped. */
  readonly names: readonly string[];
  /** Those that are no metrics: they have to be finite, and that is all. */
  readonly checks: ReadonlySet<string>;
  /** [names], one tensor, so that one read fetches all. */
  readonly values: tf.Tensor;
}

/** The joint norm of the gradients before clipping, among the metrics of a step. */
export const gradientNorm = 'gradient norm';

/**
 * Moves the weights by the gradients of a step, clipped. Reads nothing, so it need not wait for the device.
 *
 * @param step     is the result, or disposed of
 * @param clipNorm see {@link clipByNorm}; undefined for no limit
 */
export function applyGradients(step: Step, optimizer: Optimizer, clipNorm: number | undefined): Step {
  const { gradients, names, checks, values } = step;
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
    return {
      gradients,
      names: [...names, gradientNorm],
      checks: new Set([...checks, gradientNorm]),
      values: tf.keep(all),
    };
  } catch (error) {
    tf.dispose([gradients, values]);
    throw error;
  } finally {
    if (clipping) tf.dispose([clipping.clipped, clipping.norm]);
  }
}

/**
 * The values of a step by their names, all of them and those that are metrics.
 *
 * @param values what was read from the step's tensor
 */
export function metricsOf(
  { names, checks }: Step,
  values: ArrayLike<number>,
): { readonly all: Metrics; readonly metrics: Metrics } {
  const all = names.map((name, i) => [name, values[i]!] as const);
  return {
    all: Object.fromEntries(all),
    metrics: Object.fromEntries(all.filter(([name]) => !checks.has(name))),
  };
}

/**
 * The gradients of a batch. Reads nothing either.
 *
 * @param variables the trainable ones
 */
export function computeGradients<B extends Batch>(
  trainable: Trainable<B>,
  batch: B,
  variables: Readonly<Record<string, tf.Variable>>,
): Step {
  let names: string[] = [];
  let checks = new Set<string>();
  let values: tf.Tensor | undefined;
  try {
    const { value, grads } = tf.variableGrads(() => {
      const { loss, metrics } = trainable.loss(batch);
      const ofBatch = finiteness(batch);
      const all: Readonly<Record<string, tf.Tensor>> = { ...ofBatch, loss, ...metrics };
      names = Object.keys(all);
      checks = new Set(Object.keys(ofBatch));
      // Kept, since of all that is made in here only the loss would outlive the call.
      const floats = Object.values(all).map(each =>
        each.dtype === 'float32' ? each : tf.cast(each, 'float32'),
      );
      values = tf.keep(tf.stack(floats));
      return loss;
    }, Object.values(variables));
    value.dispose();
    const gradients: NamedTensors = {};
    for (const [name, variable] of Object.entries(variables)) {
      const gradient = grads[variable.name];
      // Kept too: an inspection may be asked for in a later turn, when a scope around this one has ended.
      if (gradient) gradients[name] = tf.keep(gradient);
    }
    return { gradients, names, checks, values: values! };
  } catch (error) {
    values?.dispose();
    throw error;
  }
}

/**
 * For each tensor of floats that the batch holds, 0 if all of it is finite and else NaN. A value that the loss does not
 * see may still spoil gradients, 0 * NaN, and would be noticed a step too late.
 */
function finiteness(batch: Batch): Record<string, tf.Scalar> {
  const tensors = Object.entries(batch).filter(
    ([, part]) => part instanceof tf.Tensor && part.dtype === 'float32',
  ) as [string, tf.Tensor][];
  return Object.fromEntries(tensors.map(([name, tensor]) => [`batch ${name}`, tf.sum(tf.mul(tensor, 0))]));
}
