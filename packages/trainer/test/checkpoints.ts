import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint, NamedTensors } from '../src';
import { random } from './network';

/** A checkpoint of every dtype, of scalars and of nothing, with names that need care. */
export function someCheckpoint({ seed = 1, average = true, size = 40 } = {}): Checkpoint {
  const numbers = random(seed);
  const values = (count: number) => Float32Array.from({ length: count }, () => numbers.next() - 0.5);
  return {
    weights: {
      'conv1/kernel': tf.tensor(values(size * 6), [size, 2, 3]),
      // Computed, so that it lies where the backend computes.
      'conv1/bias': tf.add(tf.tensor1d(values(5)), 1),
      'frozen mask': tf.tensor1d([true, false, true], 'bool'),
      nothing: tf.zeros([0, 4]),
    },
    optimizer: {
      step: tf.scalar(7 + seed, 'int32'),
      'conv1/kernel/m': tf.tensor(values(size * 6), [size, 2, 3]),
      ...Object.fromEntries([['__proto__', tf.scalar(2 ** -100)]]),
    },
    average: average ? { 'conv1/bias': tf.tensor1d(values(5)) } : null,
    state: { step: 3, source: { seed, order: [1, 2.5, -3e-7] }, note: 'ü "quoted" \n', nothing: null },
  };
}

/** Everything in a checkpoint, to compare: the bytes of each tensor, with its dtype and shape. */
export async function contentsOf({ weights, optimizer, average, state }: Checkpoint) {
  return {
    weights: await bytesOf(weights),
    optimizer: await bytesOf(optimizer),
    average: average && (await bytesOf(average)),
    state,
  };
}

export async function bytesOf(tensors: NamedTensors) {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => {
    const data = await tensor.data();
    const bytes = [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)].join();
    return `${name}: ${tensor.dtype} [${tensor.shape}] ${bytes}`;
  });
  return (await Promise.all(entries)).sort();
}

export function disposeOf({ weights, optimizer, average }: Checkpoint): void {
  tf.dispose([Object.values(weights), Object.values(optimizer), Object.values(average ?? {})]);
}
