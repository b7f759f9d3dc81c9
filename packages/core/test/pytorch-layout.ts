import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { importPyTorchWeights, type PyTorchTensor } from '../src/interchange/pytorch-weights';
import type { CapsNet } from '../src/networks/capsnet/capsnet';
import type { GoldenSample } from './golden';

/** The name in a `state_dict` of one of our weights. */
export function nameInPyTorch({ config }: CapsNet, name: string): string {
  const [layer, kind] = name.split('/') as [string, string];
  const suffix = kind === 'kernel' ? 'weight' : 'bias';
  if (layer === 'primary') return `conv${config.convolutions.length + 1}.${suffix}`;
  if (layer === 'classes') return `digit_capsules.${suffix}`;
  if (layer.startsWith('decoder'))
    return `decoder.${2 * (Number(layer.slice('decoder'.length)) - 1)}.${suffix}`;
  return `${layer}.${suffix}`;
}

/**
 * For each weight, the index in PyTorch of each of its values: found by importing the indices themselves.
 * The network's weights are lost.
 */
export function indicesInPyTorch(
  network: CapsNet,
  shapes: Readonly<Record<string, readonly number[]>>,
): Record<string, ArrayLike<number>> {
  const counted = Object.entries(shapes).map(([name, shape]): [string, PyTorchTensor] => {
    const length = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: Float32Array.from({ length }, (_, index) => index) }];
  });
  importPyTorchWeights(network, Object.fromEntries(counted));
  return Object.fromEntries(
    Object.entries(network.variables).map(([name, variable]) => [name, variable.dataSync()]),
  );
}

/** Compares a tensor of ours with a golden sample of the PyTorch tensor that it corresponds to: norm and values. */
export function expectSample(
  tensor: tf.Tensor,
  indices: ArrayLike<number>,
  golden: GoldenSample,
  relative: number,
  transposed?: readonly [number, number],
): void {
  const ours = tensor.dataSync();
  const theirs = new Float32Array(ours.length);
  let squares = 0;
  for (let place = 0; place < ours.length; place++) {
    theirs[indices[place]!] = ours[place]!;
    squares += ours[place]! ** 2;
  }
  const at = (index: number) =>
    transposed ? (index % transposed[1]) * transposed[0] + Math.floor(index / transposed[1]) : index;
  expect([Math.sqrt(squares)]).toBeAllClose([golden.norm], { relative });
  expect(golden.indices.map(index => theirs[at(index)]!)).toBeAllClose(golden.values, { relative });
}
