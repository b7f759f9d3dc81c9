import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from './interfaces';

type Variables = Readonly<Record<string, tf.Variable>>;

/** Copies, which share their memory with variables until those change. */
export function copyWeights(weights: NamedTensors): NamedTensors {
  const copies: NamedTensors = {};
  for (const [name, value] of Object.entries(weights)) copies[name] = tf.keep(tf.clone(value));
  return copies;
}

/** Gives the variables named in `weights` those values, bit for bit. */
export function assignWeights(variables: Variables, weights: NamedTensors): void {
  for (const [name, value] of Object.entries(weights)) variables[name]!.assign(value);
}

/** Whether weights are of these variables: what differs, one line each. */
export function differingWeights(variables: Variables, weights: NamedTensors): string[] {
  const describe = (tensor: tf.Tensor | undefined) =>
    tensor ? `${tensor.dtype} [${tensor.shape}]` : 'absent';
  return [...new Set([...Object.keys(variables), ...Object.keys(weights)])]
    .map(name => ({ name, saved: describe(weights[name]), here: describe(variables[name]) }))
    .filter(({ saved, here }) => saved !== here)
    .map(({ name, saved, here }) => `${name}: ${saved} in the checkpoint, ${here} here`);
}

/**
 * The first tensor with a NaN or an infinity in it.
 *
 * @returns its name and the sum of its magnitudes, which is then not finite either
 */
export async function findNonFinite(
  tensors: NamedTensors,
): Promise<{ readonly name: string; readonly value: number } | null> {
  const names = Object.keys(tensors);
  // One number each and one read for all. Maxima would not do: those of GPUs may skip NaN.
  const sums = tf.tidy(() =>
    tf.stack(names.map(name => tf.tidy(() => tf.sum(tf.abs(tf.cast(tensors[name]!, 'float32')))))),
  );
  const values = await sums.data();
  tf.dispose(sums);
  const index = values.findIndex(value => !Number.isFinite(value));
  return index < 0 ? null : { name: names[index]!, value: values[index]! };
}
