import * as tf from '@tensorflow/tfjs-core';
import { loadedMemoryAccess, type MemoryAccess } from '../memory-access';
import { ownOperation } from './own-operations';
import { engineName, tensorFlowBackend } from './tensorflow-backend';

/** Tensors, and as many new ones of their shapes, each with its memory. */
export interface TensorMemory {
  readonly values: readonly Float32Array[];
  /** For the caller to fill, and to dispose of. */
  readonly made: tf.Tensor[];
  readonly madeValues: readonly Float32Array[];
}

/** Arrays over memory, by its address. TensorFlow's pool gives out the same ones step by step, and a new array costs V8 as much as memory. */
const arrays = new Map<bigint, Float32Array>();
const mostArrays = 256;

/**
 * The memory of tensors of float32, as TensorFlow holds them: nothing is copied. The arrays may be used for as long as the tensors are
 * not disposed of; those of the given ones may only be read.
 *
 * @returns undefined unless the native backend is in use with our own kernels
 */
export function tensorMemory(tensors: readonly tf.Tensor[]): TensorMemory | undefined {
  const access = loadedMemoryAccess();
  const operation = ownOperation('Memory');
  if (!access || !operation || tf.getBackend() !== engineName) return undefined;
  const backend = tensorFlowBackend();
  const count = { name: 'N', type: backend.binding.TF_ATTR_INT, value: tensors.length };
  const made = backend.executeMultipleOutputs(operation, [count], tensors, tensors.length + 1);
  const told = made.pop()!;
  const addresses = new BigUint64Array(told.dataSync().buffer);
  told.dispose();
  if (arrays.size > mostArrays) arrays.clear();
  const at = (index: number) => arrayAt(access, addresses[index]!, tensors[index % tensors.length]!.size);
  return {
    values: tensors.map((_, index) => at(index)),
    made,
    madeValues: tensors.map((_, index) => at(tensors.length + index)),
  };
}

function arrayAt(access: MemoryAccess, address: bigint, floats: number): Float32Array {
  const known = arrays.get(address);
  if (known?.length === floats) return known;
  const array = access.arrayAt(address, floats);
  arrays.set(address, array);
  return array;
}
