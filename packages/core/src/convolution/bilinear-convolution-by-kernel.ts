import * as tf from '@tensorflow/tfjs-core';
import { axisTransform } from './axis-transform';
import type { KernelCache } from './kernel-cache';
import { type Geometry, geometryOf } from './polyphase';

/** Whether the backend in use has kernels for the bilinear convolution. */
export function hasBilinearKernels(): boolean {
  return tf.getKernel('BilinearConvolution', tf.getBackend()) !== undefined;
}

/** The bilinear convolution by kernels of the backend's, which are told the matrices of either axis. */
export function bilinearConvolutionByKernel(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: readonly [number, number],
  cache?: KernelCache,
): tf.Tensor4D {
  const geometry = geometryOf(x.shape, kernel.shape, strides);
  const [vertical, horizontal] = [0, 1].map(axis => axisOf(geometry, axis)) as [Axis, Axis];
  const attrs = {
    image: [...geometry.image],
    window: [...geometry.kernel],
    strides: [...geometry.strides],
    reals: [vertical.reals, horizontal.reals],
    channels: geometry.channels,
    filters: geometry.filters,
  };
  /** With the matrices of both axes beside its inputs. */
  const run = <T extends tf.Tensor | tf.Tensor[]>(name: string, inputs: tf.NamedTensorMap): T =>
    tf.tidy(() => {
      const axes = { vertical: vertical.matrices(), horizontal: horizontal.matrices() };
      return tf.engine().runKernel<T>(name, { ...inputs, ...axes }, attrs);
    });

  return tf.customGrad((...args) => {
    const [x, kernel, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const evaluate = () => run<tf.Tensor>('BilinearKernel', { kernel });
    const evaluated = cache ? cache.of(kernel, JSON.stringify(attrs), evaluate) : evaluate();
    save([x, evaluated]);
    return {
      value: run<tf.Tensor4D>('BilinearConvolution', { x, evaluated }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, evaluated] = saved as [tf.Tensor4D, tf.Tensor];
        return run<tf.Tensor[]>('BilinearConvolutionGrad', { dy, x, evaluated });
      },
    };
  })(x, kernel) as tf.Tensor4D;
}

interface Axis {
  /** How many points are real. */
  readonly reals: number;
  /** [points, inputs + taps + outputs]: rows of A, of B and of S transposed, beside each other. */
  readonly matrices: () => tf.Tensor2D;
}

const axes = new Map<string, Axis>();

/** The matrices of one axis. They depend on few sizes and are small, so they are computed once. */
function axisOf({ outputs, taps }: Geometry, index: number): Axis {
  const sizes = [outputs[index]!, taps[index]!] as const;
  const known = axes.get(sizes.join());
  if (known) return known;
  const n = sizes[0] + sizes[1] - 1;
  const { a, b, s, reals } = axisTransform(...sizes);
  const rows = Array.from({ length: n }, (_, point) => [
    ...a.subarray(point * n, (point + 1) * n),
    ...b.subarray(point * sizes[1], (point + 1) * sizes[1]),
    ...Array.from({ length: sizes[0] }, (_, output) => s[output * n + point]!),
  ]);
  const data = Float32Array.from(rows.flat());
  const made = { reals, matrices: () => tf.tensor2d(data, [n, data.length / n]) };
  axes.set(sizes.join(), made);
  return made;
}
