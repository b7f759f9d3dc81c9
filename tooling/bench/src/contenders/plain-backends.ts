import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

/** TensorFlow.js on TensorFlow, without what `@capsnet/backend` adds to it. */
export async function plainNative(): Promise<string> {
  const require = createRequire(import.meta.url);
  // It calls a function that Node 23 no longer has.
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  await import('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return `TensorFlow ${binding.TF_Version}`;
}

/**
 * TensorFlow.js on WebAssembly, with nothing added but the kernel without which it cannot train a convolution: the
 * gradient of a convolution's kernel, as a convolution whose batch and channels have changed places and whose strides are
 * dilations.
 */
export async function plainWasm(): Promise<string> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await tf.setBackend('wasm');
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { strides, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
      const [vertical, horizontal] = [strides].flat(1) as [number, number?];
      const [height, width] = filterShape;
      return tf.tidy(() => {
        const dw = tf.conv2d(
          tf.transpose(inputs.x as tf.Tensor4D, [3, 1, 2, 0]), // [channels, height, width, batch]
          tf.transpose(inputs.dy as tf.Tensor4D, [1, 2, 0, 3]), // [outHeight, outWidth, batch, filters]
          1,
          'valid',
          'NHWC',
          [vertical, horizontal ?? vertical],
        ); // [channels, height, width, filters], and more where the stride left a rest
        const kernel = tf.slice(dw, [0, 0, 0, 0], [dw.shape[0], height, width, dw.shape[3]]);
        return tf.transpose(kernel, [1, 2, 0, 3]);
      });
    },
  });
  return 'WebAssembly, one thread';
}
