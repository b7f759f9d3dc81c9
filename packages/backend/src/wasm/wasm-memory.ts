import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** A part of a tensor's memory as a tensor of its own, without a copy. Give it back with `releaseView`. */
export function view(
  backend: BackendWasm,
  parent: tf.TensorInfo,
  begin: number,
  shape: number[],
): tf.TensorInfo {
  const { memoryOffset } = backend.dataIdMap.get(parent.dataId);
  return backend.makeOutput(shape, 'float32', memoryOffset + begin * Float32Array.BYTES_PER_ELEMENT);
}

/** Forgets a view; the memory stays its parent's. */
export function releaseView(backend: BackendWasm, { dataId }: tf.TensorInfo): void {
  backend.wasm.tfjs.disposeData(idOf(backend, dataId));
  backend.dataIdMap.delete(dataId);
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
