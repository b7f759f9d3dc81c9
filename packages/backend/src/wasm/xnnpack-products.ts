import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { batchOf, broadcastIndices, type Operand, sizes } from './matrix-operand';
import { idOf, releaseView, view } from './wasm-memory';

/**
 * Products of matrices where our own (`matrix-product.ts`) cannot be had.
 *
 * The backend's own kernel is fast (XNNPACK) for one product of two matrices as they lie in memory. For a batch, or a
 * transposed operand, it runs a plain loop, which is ten or more times slower, and every gradient of a product transposes.
 * So operands are transposed where needed and the products issued one by one, on views of the operands' memory; or the
 * other way round, `(B^T A^T)^T`, where that has less to transpose and to prepare. Small products keep the plain loop.
 *
 * @returns [products, m, n]
 */
export function xnnpackProducts(backend: BackendWasm, a: Operand, b: Operand, batch: number[]): tf.Tensor {
  const [m, k] = sizes(a);
  const [, n] = sizes(b);
  const products = tf.util.sizeFromShape(batch);
  const sameBatch = tf.util.arraysEqual(batchOf(a), batchOf(b));
  // XNNPACK remembers how it prepared an operand, so a single product may cost less than it seems to.
  if (products === 1 && !a.transpose && !b.transpose) return atOnce(backend, a, b);
  const turn = (operand: Operand, transpose: boolean) =>
    operand.transpose === transpose ? cost.transpose : 0;
  const direct = m * k * turn(a, true) + k * n * (turn(b, true) + cost.prepare);
  const swapped = k * n * turn(b, false) + m * k * (turn(a, false) + cost.prepare) + m * n * cost.transpose;
  const oneByOneCost = cost.call + m * k * n * cost.fast + Math.min(direct, swapped);
  if (sameBatch && m * k * n * cost.plain < oneByOneCost) return atOnce(backend, a, b);
  return direct <= swapped
    ? oneByOne(backend, a, b, batch)
    : transposed(oneByOne(backend, flipped(b), flipped(a), batch));
}

/** Nanoseconds, measured on one machine; only their ratios matter. */
const cost = { transpose: 7, prepare: 4.6, call: 8000, plain: 1, fast: 0.06 };

/** One call for operands with the same batch. */
function atOnce(backend: BackendWasm, a: Operand, b: Operand): tf.Tensor {
  const [first, second] = [stack(a.x), stack(b.x)];
  const out = tensor(backend, [first.shape[0]!, sizes(a)[0], sizes(b)[1]]);
  multiply(backend, first, second, a.transpose, b.transpose, out);
  return out;
}

function oneByOne(backend: BackendWasm, a: Operand, b: Operand, batch: number[]): tf.Tensor {
  const [m, k] = sizes(a);
  const [, n] = sizes(b);
  const [first, second] = [straight(a), straight(b)];
  const [indicesA, indicesB] = [broadcastIndices(batchOf(a), batch), broadcastIndices(batchOf(b), batch)];
  const out = tensor(backend, [indicesA.length, m, n]);
  for (const [i, indexA] of indicesA.entries()) {
    const left = view(backend, first, indexA * m * k, [1, m, k]);
    const right = view(backend, second, indicesB[i]! * k * n, [1, k, n]);
    const product = view(backend, out, i * m * n, [1, m, n]);
    multiply(backend, left, right, false, false, product);
    for (const each of [left, right, product]) releaseView(backend, each);
  }
  return out;
}

type CompiledProduct = (...args: unknown[]) => void;
const compiledProducts = new WeakMap<BackendWasm, CompiledProduct>();

/** The compiled function under the backend's own kernel; all operands of rank 3. */
function multiply(
  backend: BackendWasm,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  out: tf.TensorInfo,
): void {
  let compiled = compiledProducts.get(backend);
  if (!compiled) {
    const wasm = backend.wasm as unknown as {
      cwrap(name: string, returns: null, types: readonly string[]): CompiledProduct;
    };
    const types = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
    compiled = wasm.cwrap('BatchMatMul', null, types);
    compiledProducts.set(backend, compiled);
  }
  const operand = ({ dataId, shape }: tf.TensorInfo) => {
    return [idOf(backend, dataId), new Uint8Array(new Int32Array(shape).buffer), shape.length];
  };
  compiled(...operand(a), ...operand(b), transposeA, transposeB, idOf(backend, out.dataId));
}

function flipped({ x, transpose }: Operand): Operand {
  return { x, transpose: !transpose };
}

/** The matrices as they are read: [products, rows, columns]. */
function straight({ x, transpose }: Operand): tf.Tensor {
  return transpose ? transposed(stack(x)) : stack(x);
}

function stack(x: tf.Tensor): tf.Tensor3D {
  return tf.reshape(x, [
    tf.util.sizeFromShape(x.shape.slice(0, -2)),
    ...(x.shape.slice(-2) as [number, number]),
  ]);
}

function transposed(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 2, 1]);
}

function tensor(backend: BackendWasm, shape: number[]): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
}
