import * as tf from '@tensorflow/tfjs-core';
import type { Reducer } from '../src';

/** Workers in one process, whose calls wait for each other. */
export function reducers(size: number): Reducer[] {
  let waiting: { given: unknown; resolve: (all: unknown[]) => void }[] = [];
  /** What all workers give, in the order of their ranks. */
  function all<T>(rank: number, given: T): Promise<T[]> {
    return new Promise(resolve => {
      const round = waiting;
      round[rank] = { given, resolve: resolve as (all: unknown[]) => void };
      if (round.filter(Boolean).length < size) return;
      waiting = [];
      for (const each of round) each.resolve(round.map(({ given }) => given));
    });
  }
  const valuesOf = (tensors: readonly tf.Tensor[]) =>
    tensors.map(tensor => ({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync().slice() }));
  return Array.from({ length: size }, (_, rank) => ({
    rank,
    size,
    async average(tensors, weight) {
      const given = await all(rank, { tensors: valuesOf(tensors), weight });
      return given[0]!.tensors.map(({ shape }, at) => {
        const sums = new Float32Array(given[0]!.tensors[at]!.values.length);
        for (const { tensors, weight } of given) {
          tensors[at]!.values.forEach((value, i) => {
            sums[i]! += Math.fround(value * weight);
          });
        }
        return tf.tensor(sums, shape);
      });
    },
    async broadcast(tensors) {
      const [first] = await all(rank, valuesOf(tensors));
      return first!.map(({ values, shape, dtype }) => tf.tensor(values, shape, dtype));
    },
    gather: text => all(rank, text),
  }));
}
