import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf, broadcastIndices, type Operand, sizes } from './matrix-operand';
import { type Matrix, type Multiply, matrixProduct } from './matrix-product';
import { offsetOf } from './wasm-memory';
import { xnnpackProducts } from './xnnpack-products';

/** Products of matrices, `A B`, with either operand transposed and with broadcast batches. */
export const batchMatMul: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as BackendWasm;
  const a: Operand = { x: inputs.a as tf.Tensor, transpose: Boolean(attrs?.transposeA) };
  const b: Operand = { x: inputs.b as tf.Tensor, transpose: Boolean(attrs?.transposeB) };
  if (a.x.dtype !== 'float32' || b.x.dtype !== 'float32') {
    throw new Error(`matMul on wasm: expected two float32 tensors, found ${a.x.dtype} and ${b.x.dtype}`);
  }
  const [m, k] = sizes(a);
  const [inner, n] = sizes(b);
  if (k !== inner)
    throw new Error(`matMul: inner sizes differ: ${k} in [${a.x.shape}], ${inner} in [${b.x.shape}]`);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchOf(a), batchOf(b));
  const shape = [...batch, m, n];
  if (tf.util.sizeFromShape(shape) * k === 0) return tf.zeros(shape);
  const multiply = matrixProduct(backend);
  return multiply
    ? products(backend, multiply, a, b, batch)
    : tf.tidy(() => tf.reshape(xnnpackProducts(backend, a, b, batch), shape));
};

function products(
  backend: BackendWasm,
  multiply: Multiply,
  a: Operand,
  b: Operand,
  batch: number[],
): tf.TensorInfo {
  const [m, k] = sizes(a);
  const [, n] = sizes(b);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  const [first, second, to] = [matrix(backend, a), matrix(backend, b), offsetOf(backend, out)];
  const [indicesA, indicesB] = [broadcastIndices(batchOf(a), batch), broadcastIndices(batchOf(b), batch)];
  for (const [i, indexA] of indicesA.entries()) {
    const left = { ...first, offset: first.offset + 4 * indexA * m * k };
    const right = { ...second, offset: second.offset + 4 * indicesB[i]! * k * n };
    multiply(m, n, k, left, right, to + 4 * i * m * n);
  }
  return out;
}

/** The first matrix of a stack. */
function matrix(backend: BackendWasm, { x, transpose }: Operand): Matrix {
  const width = 4 * x.shape.at(-1)!;
  return { offset: offsetOf(backend, x), row: transpose ? 4 : width, column: transpose ? width : 4 };
}
