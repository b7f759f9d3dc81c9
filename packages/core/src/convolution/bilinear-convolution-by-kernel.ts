import * as tf from '@tensorflow/tfjs-core';
import { multiplicationsAlongAxes } from './along-axes';
import { axisTransform, componentsOf } from './axis-transform';
import type { KernelCache } from './kernel-cache';
import { type Geometry, geometryOf } from './polyphase';
import { fewestProducts } from './real-products';

/** Whether the backend in use has kernels for the bilinear convolution. */
export function hasBilinearKernels(): boolean {
  return tf.getKernel('BilinearConvolution', tf.getBackend()) !== undefined;
}

/**
 * What the kernels cost, in multiplications of the direct convolution: each of their products, each multiplication of the
 * transforms of x and y, and each number of the evaluated kernel, which is read from memory, and made before where it is not
 * kept. Fitted to the times of fourteen convolutions at batches of 1 to 128 with AVX-512, value and gradients, and value alone.
 */
const cost = { products: 0.8, transforms: 5, kernel: 65, keptKernel: 26 };

/**
 * Whether the kernels should be faster than the direct convolution.
 *
 * @param isKept whether the evaluated kernel is kept from batch to batch
 */
export function bilinearKernelsPay(
  xShape: tf.Tensor4D['shape'],
  kernelShape: tf.Tensor4D['shape'],
  strides: readonly [number, number],
  isKept: boolean,
): boolean {
  const geometry = geometryOf(xShape, kernelShape, strides);
  const { batch, channels, filters, phases, inputs, outputs, taps } = geometry;
  const [vertical, horizontal] = [componentsOf(outputs[0], taps[0]), componentsOf(outputs[1], taps[1])];
  const ofKernel = fewestProducts(vertical, horizontal) * phases * channels * filters;
  const ofInput = multiplicationsAlongAxes(inputs, inputs) * phases * channels;
  const ofOutput = multiplicationsAlongAxes(outputs, inputs) * filters;
  const bilinear =
    batch * (cost.products * ofKernel + cost.transforms * (ofInput + ofOutput)) +
    (isKept ? cost.keptKernel : cost.kernel) * ofKernel;
  const direct = outputs[0] * outputs[1] * kernelShape[0] * kernelShape[1] * channels * filters;
  return bilinear < batch * direct;
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
