import * as tf from '@tensorflow/tfjs-core';
import { capsNet } from '../../core/src/networks/capsnet/capsnet';
import type { CapsNetOptions } from '../../core/src/networks/capsnet/config';
import { nativeAdam, pickBackend } from '../src/node';

/** What the process prints as JSON. */
export interface Trained {
  readonly device: string;
  /** Of tfjs's kernels those that took part. */
  readonly kernels: readonly string[];
  /** By network: its loss at each step. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
  /** By network and name: the weights after the last step. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

// Takes a few steps with two small networks, in which all our kernels have a part where they are there.
const common = {
  image: { height: 20, width: 20, channels: 1 },
  classes: 4,
  classDim: 8,
  decoder: { hidden: [16] },
};
const networks: Readonly<Record<string, CapsNetOptions>> = {
  'dynamic routing': {
    ...common,
    convolutions: [{ filters: 16, kernelSize: 5 }],
    primary: { channels: 8, dim: 8, kernelSize: 9, strides: 2, method: 'bilinear' },
  },
  'self-attention routing': {
    ...common,
    convolutions: [
      { filters: 16, kernelSize: 5, strides: 2, batchNorm: true },
      { filters: 32, kernelSize: 3, batchNorm: true },
    ],
    primary: { channels: 4, dim: 8, kernelSize: 6, strides: 1, depthwise: true, squash: 'exponential' },
    routing: { type: 'self-attention' },
  },
};
const steps = 3;

const { device } = await pickBackend({ only: 'native' });
const kernels = new Set<string>();
const losses: Record<string, number[]> = {};
const weights: Record<string, number[]> = {};
for (const [name, config] of Object.entries(networks)) {
  const network = capsNet({ ...config, seed: 1 });
  const trained = Object.fromEntries(Object.entries(network.variables).filter(([, each]) => each.trainable));
  // With a large epsilon a step depends on a small gradient only a little, so that rounding errors stay small.
  const optimizer = nativeAdam(trained, { epsilon: 1e-2 })!;
  const images = tf.randomUniform<tf.Rank.R4>([9, 20, 20, 1], 0, 1, 'float32', 2);
  const labels = tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3, 0], 'int32');
  losses[name] = [];
  for (let step = 0; step < steps; step++) {
    const profile = await tf.profile(() => {
      const { value, grads } = tf.variableGrads(() => network.loss({ images, labels }).loss);
      optimizer.apply(
        Object.fromEntries(Object.entries(trained).map(([name, each]) => [name, grads[each.name]!])),
      );
      losses[name]!.push(value.dataSync()[0]!);
      tf.dispose(grads);
      return value;
    });
    for (const { name } of profile.kernels) kernels.add(name);
  }
  for (const [weight, variable] of Object.entries(network.variables))
    weights[`${name}, ${weight}`] = Array.from(variable.dataSync());
}
console.log(JSON.stringify({ device, kernels: [...kernels].sort(), losses, weights } satisfies Trained));
