import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of a convolution with respect to its input, as a product of matrices and the addition of its patches:
 *
 *     patches[b, y, x, i, j, c] = sum over o of  dy[b, y, x, o] * filter[i, j, c, o]
 *     dx[b, y * stride + i, x * stride + j, c] += patches[b, y, x, i, j, c]
 *
 * The backend's own kernel does neither with SIMD: for 8 images and the paper's second convolution, [8, 20, 20, 256] by
 * 9x9x256x256 with stride 2, it takes 8 times longer.
 */
export const conv2DBackpropInput: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as BackendWasm;
  const { strides, pad, dimRoundingMode, inputShape, dataFormat } =
    attrs as unknown as tf.Conv2DBackpropInputAttrs;
  if (dataFormat !== 'NHWC')
    throw new Error(`conv2d on wasm: expected the data format NHWC, found ${dataFormat}`);
  const dy = inputs.dy as tf.Tensor4D;
  const filter = inputs.filter as tf.Tensor4D;
  const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = info;
  const dx = tf.zeros(inputShape);
  const positions = outHeight * outWidth;
  const patch = filterHeight * filterWidth * inChannels;
  const imagesAtOnce = Math.max(1, Math.floor(patchesInMemory / (positions * patch)));
  tf.tidy(() => {
    const kernel = tf.transpose(tf.reshape(filter, [patch, outChannels])); // [outChannels, patch]
    for (let first = 0; first < batchSize; first += imagesAtOnce) {
      const images = Math.min(imagesAtOnce, batchSize - first);
      tf.tidy(() => {
        const rows = tf.reshape(tf.slice(dy, first, images), [images * positions, outChannels]);
        addPatches(backend, tf.matMul(rows, kernel), dx, first, images, info);
      });
    }
  });
  return dx;
};

/** Patches of so many numbers (32 MB) are made at once. */
const patchesInMemory = 2 ** 23;

function addPatches(
  backend: BackendWasm,
  patches: tf.Tensor,
  dx: tf.Tensor,
  first: number,
  images: number,
  info: tf.backend_util.Conv2DInfo,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, padInfo } = info;
  const from = backend.typedArrayFromHeap(patches);
  const to = backend.typedArrayFromHeap(dx);
  let source = 0;
  for (let image = first; image < first + images; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const left = x * info.strideWidth - padInfo.left;
        for (let i = 0; i < filterHeight; i++) {
          const row = y * info.strideHeight - padInfo.top + i;
          // One row of a patch is contiguous in both; what lies in the padding is left out.
          const begin = Math.max(0, -left) * inChannels;
          const end = Math.min(filterWidth, inWidth - left) * inChannels;
          const target = ((image * inHeight + row) * inWidth + left) * inChannels;
          if (row >= 0 && row < inHeight) {
            for (let c = begin; c < end; c++) to[target + c]! += from[source + c]!;
          }
          source += filterWidth * inChannels;
        }
      }
    }
  }
}
