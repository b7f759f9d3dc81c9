import * as tf from '@tensorflow/tfjs-core';

/**
 * A sum over all leading axes, as the gradient of a bias is, done over the middle ones first and then over the first.
 * TensorFlow adds the rows of a matrix one after another; this way they lie in the cache, and rounding errors are smaller.
 */
export function sum(original: tf.KernelFunc): tf.KernelFunc {
  return args => {
    const x = args.inputs.x as tf.Tensor;
    const { axis, keepDims } = args.attrs as unknown as tf.SumAttrs;
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = axes.length > 1 && axes.length < x.rank && axes.every(each => each < axes.length);
    if (!leading || keepDims || x.dtype !== 'float32' || x.size === 0) return original(args);
    return tf.tidy(() => {
      const rest = x.shape.slice(axes.length);
      const blocks = tf.reshape(x, [x.shape[0]!, -1, tf.util.sizeFromShape(rest)]);
      return tf.reshape(tf.sum(tf.sum(blocks, 1), 0), rest);
    });
  };
}
