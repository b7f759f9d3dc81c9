import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';

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
