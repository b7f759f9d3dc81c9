import * as tf from '@tensorflow/tfjs-core';

/**
 * Counts values in equal intervals between the smallest and the largest, as TensorBoard shows them; what is not finite
 * is not counted. tfjs-node's own way needs 30 numbers of memory for each value, and fails when all values are equal.
 *
 * @returns [buckets, 3]: each bucket's left and right edge and its count
 */
export function histogramBuckets(data: tf.Tensor, buckets = 30): tf.Tensor2D {
  const values = data.dataSync();
  let [min, max, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    size++;
  }
  if (size === 0) return tf.zeros([0, 3]);
  if (min === max) return tf.tensor2d([[min - 0.5, min + 0.5, size]]);
  const width = (max - min) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (const value of values) {
    if (Number.isFinite(value)) counts[Math.min(buckets - 1, Math.floor((value - min) / width))]!++;
  }
  const edge = (i: number) => (i === buckets ? max : min + i * width);
  return tf.tensor2d(counts.map((count, i) => [edge(i), edge(i + 1), count]));
}
