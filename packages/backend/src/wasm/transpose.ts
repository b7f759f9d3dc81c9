import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Transposes. Axes that stay neighbours become one, which leaves few; if the last one stays last, whole runs of memory are
 * copied. The backend's own kernel moves number by number, from four axes on very slowly, and does what remains.
 */
export function transpose(original: tf.KernelFunc): tf.KernelFunc {
  return args => {
    const backend = args.backend as BackendWasm;
    const x = args.inputs.x!;
    const attrs = args.attrs as unknown as tf.TransposeAttrs;
    const { shape, perm } = joined(x.shape, attrs.perm);
    const outShape = attrs.perm.map(axis => x.shape[axis]!);
    if (shape.length === 1) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: outShape, dtype: x.dtype };
    }
    if (x.dtype === 'string' || perm.at(-1) !== shape.length - 1) {
      const moved = original({
        ...args,
        inputs: { x: { ...x, shape } },
        attrs: { perm },
      }) as tf.TensorInfo;
      return { ...moved, shape: outShape };
    }
    const out = backend.makeOutput(outShape, x.dtype);
    copyRuns(backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out), shape, perm);
    return out;
  };
}

/** The same transpose with as few axes as possible: those of size 1 left out, those that stay neighbours joined. */
function joined(shape: readonly number[], perm: readonly number[]): { shape: number[]; perm: number[] } {
  const groups: number[][] = [];
  for (const axis of perm.filter(axis => shape[axis] !== 1)) {
    const group = groups.at(-1);
    if (group && axis === nextAxis(shape, group.at(-1)!)) group.push(axis);
    else groups.push([axis]);
  }
  if (groups.length === 0) return { shape: [1], perm: [0] };
  // The groups in the order of the input's axes
  const before = [...groups].sort(([a], [b]) => a! - b!);
  return {
    shape: before.map(group => group.reduce((size, axis) => size * shape[axis]!, 1)),
    perm: groups.map(group => before.indexOf(group)),
  };
}

/** The axis after this one, not counting those of size 1. */
function nextAxis(shape: readonly number[], axis: number): number {
  do axis++;
  while (shape[axis] === 1);
  return axis;
}

type Numbers = ReturnType<BackendWasm['typedArrayFromHeap']>;

/** Copies what lies together in both, given that the last axis stays last. */
function copyRuns(from: Numbers, to: Numbers, shape: readonly number[], perm: readonly number[]): void {
  const strides: number[] = [];
  shape.reduceRight((stride, size, axis) => {
    strides[axis] = stride;
    return stride * size;
  }, 1);
  const run = shape.at(-1)!;
  const axes = perm.slice(0, -1).map(axis => ({ size: shape[axis]!, stride: strides[axis]! }));
  let target = 0;
  const copy = (level: number, start: number) => {
    if (level === axes.length) {
      to.set(from.subarray(start, start + run), target);
      target += run;
      return;
    }
    const { size, stride } = axes[level]!;
    for (let i = 0; i < size; i++) copy(level + 1, start + i * stride);
  };
  copy(0, 0);
}
