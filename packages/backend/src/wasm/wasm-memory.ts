import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** A part of a tensor's memory as a tensor of its own, without a copy. Give it back with `releaseView`. */
export function view(
  backend: BackendWasm,
  parent: tf.TensorInfo,
  begin: number,
  shape: number[],
): tf.TensorInfo {
  const offset = offsetOf(backend, parent) + begin * Float32Array.BYTES_PER_ELEMENT;
  return backend.makeOutput(shape, 'float32', offset);
}

/** Forgets a view; the memory stays its parent's. */
export function releaseView(backend: BackendWasm, { dataId }: tf.TensorInfo): void {
  backend.wasm.tfjs.disposeData(idOf(backend, dataId));
  backend.dataIdMap.delete(dataId);
}

/** Where a tensor begins in the backend's memory, in bytes. */
export function offsetOf(backend: BackendWasm, { dataId }: tf.TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** The number by which the compiled code knows a tensor. */
export function idOf(backend: BackendWasm, dataId: tf.DataId): number {
  return backend.dataIdMap.get(dataId).id;
}

/** Replaces the kernel of this name on the wasm backend, or adds it. */
export function replaceKernel(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

const originals = new Map<string, tf.KernelConfig>();

/** Replaces a kernel of the wasm backend by one that is made of it. */
export function wrapKernel(kernelName: string, wrapper: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const original = originals.get(kernelName) ?? tf.getKernel(kernelName, 'wasm');
  originals.set(kernelName, original);
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...original, kernelFunc: wrapper(original.kernelFunc) });
}
