import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { cpuKernel } from './cpu-kernel';

const sliceOfStrings = cpuKernel('Slice');

/** Slices. The backend's own kernel copies the whole tensor first, however small the part. */
export const slice: tf.KernelFunc = args => {
  const backend = args.backend as BackendWasm;
  const x = args.inputs.x as tf.Tensor;
  if (x.dtype === 'string') return sliceOfStrings(args);
  const attrs = args.attrs as unknown as tf.SliceAttrs;
  const [begin, size] = tf.slice_util.parseSliceParams(x, attrs.begin, attrs.size) as [number[], number[]];
  const out = backend.makeOutput(size, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  // The axes after this one are taken whole: along it, what is taken is contiguous.
  let axis = x.rank - 1;
  while (axis > 0 && size[axis] === x.shape[axis]) axis--;
  const strides = [...tf.util.computeStrides(x.shape), 1];
  const run = size[axis]! * strides[axis]!;
  let target = 0;
  const copy = (level: number, start: number) => {
    const first = start + begin[level]! * strides[level]!;
    if (level === axis) {
      to.set(from.subarray(first, first + run), target);
      target += run;
    } else {
      for (let i = 0; i < size[level]!; i++) copy(level + 1, first + i * strides[level]!);
    }
  };
  copy(0, 0);
  return out;
};
