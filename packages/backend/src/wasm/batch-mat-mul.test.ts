import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { matrixProduct } from './matrix-product';
import { xnnpackProducts } from './xnnpack-products';

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

type Product = (a: tf.Tensor, b: tf.Tensor, tA: boolean, tB: boolean) => tf.Tensor;

const ways: Record<string, Product> = {
  matMul: (a, b, tA, tB) => tf.matMul(a, b, tA, tB),
  ...(onWasm && { 'where there is no product of our own': byXnnpack }),
};

function byXnnpack(a: tf.Tensor, b: tf.Tensor, tA: boolean, tB: boolean): tf.Tensor {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const operands = [
    { x: a, transpose: tA },
    { x: b, transpose: tB },
  ] as const;
  return tf.tidy(() => {
    const products = xnnpackProducts(tf.backend() as BackendWasm, ...operands, batch);
    return tf.reshape(products, [...batch, ...products.shape.slice(1)]);
  });
}

describe.each(Object.entries(ways))('%s', (_, product) => {
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
        problem => expectProduct(product, problem),
      ),
      { numRuns, seed: 5 },
    );
  });

  // Larger than one block of our own product in every direction, and no multiple of a tile
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('and those of large matrices, transposed: %s and %s', (tA, tB) => {
    expectProduct(product, { stack: { a: [], b: [] }, m: 101, k: 263, n: 521, tA, tB });
  });
});

function expectProduct(
  product: Product,
  {
    stack,
    m,
    k,
    n,
    tA,
    tB,
  }: { stack: (typeof stacks)[number]; m: number; k: number; n: number; tA: boolean; tB: boolean },
) {
  const a = numbers([...stack.a, ...(tA ? [k, m] : [m, k])], 1);
  const b = numbers([...stack.b, ...(tB ? [n, k] : [k, n])], 2);
  const inputs = [tf.tensor(a.data, a.shape), tf.tensor(b.data, b.shape)] as const;
  const found = product(...inputs, tA, tB);
  expect(found).toBeAllClose(tripleLoop(a, b, tA, tB));
  tf.dispose([...inputs, found]);
}

if (onWasm) {
  it('has a product of our own in Node', () => {
    expect(matrixProduct(tf.backend() as BackendWasm)).not.toBeNull();
  });
}

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
