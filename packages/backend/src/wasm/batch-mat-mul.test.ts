import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';

const onWasm = inject('backend') === 'wasm';
// A new shape is a new shader for WebGL, so it gets fewer.
const numRuns = inject('backend') === 'webgl' ? 5 : 60;

const stacks: { a: number[]; b: number[] }[] = [
  { a: [], b: [] },
  { a: [3], b: [3] },
  { a: [1], b: [3] },
  { a: [2, 3], b: [2, 3] },
  // The other backends do not broadcast each to the other.
  ...(onWasm
    ? [
        { a: [2, 1], b: [1, 3] },
        { a: [3], b: [2, 1] },
        { a: [], b: [2, 2] },
      ]
    : []),
];
const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 30, max: 70 }));

it('gives the products that a triple loop gives', () => {
  fc.assert(
    fc.property(
      fc.record({
        stack: fc.constantFrom(...stacks),
        m: size,
        k: size,
        n: size,
        tA: fc.boolean(),
        tB: fc.boolean(),
      }),
      ({ stack, m, k, n, tA, tB }) => {
        const a = numbers([...stack.a, ...(tA ? [k, m] : [m, k])], 1);
        const b = numbers([...stack.b, ...(tB ? [n, k] : [k, n])], 2);
        const product = tf.matMul(tf.tensor(a.data, a.shape), tf.tensor(b.data, b.shape), tA, tB);
        expect(product).toBeAllClose(tripleLoop(a, b, tA, tB));
        product.dispose();
      },
    ),
    { numRuns, seed: 5 },
  );
});

it('keeps nothing', () => {
  const [a, b] = [tf.ones([3, 40, 50]), tf.ones([3, 60, 50])];
  const before = tf.memory().numTensors;
  tf.matMul(a, b, false, true).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

interface Matrices {
  readonly shape: number[];
  readonly data: Float32Array;
}

function numbers(shape: number[], phase: number): Matrices {
  return {
    shape,
    data: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * 1.3 + phase)),
  };
}

function tripleLoop(a: Matrices, b: Matrices, tA: boolean, tB: boolean): Matrices {
  const [m, k] = tA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = b.shape.at(tB ? -2 : -1)!;
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, m, n];
  const data = new Float32Array(tf.util.sizeFromShape(shape));
  const stack = (of: number[], index: number[]) =>
    of
      .slice(0, -2)
      .reduce((at, length, axis) => at * length + (length === 1 ? 0 : index.at(axis - of.length + 2)!), 0);
  for (let product = 0; product < tf.util.sizeFromShape(batch); product++) {
    const index = batch.length
      ? tf.util.indexToLoc(product, batch.length, tf.util.computeStrides(batch))
      : [];
    const [atA, atB] = [stack(a.shape, index) * m * k, stack(b.shape, index) * k * n];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum += a.data[atA + (tA ? l * m + i : i * k + l)]! * b.data[atB + (tB ? j * k + l : l * n + j)]!;
        }
        data[(product * m + i) * n + j] = sum;
      }
    }
  }
  return { shape, data };
}
