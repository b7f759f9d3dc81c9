import * as tf from '@tensorflow/tfjs-core';
import type { SummaryWriter } from '../../summary-writer';
import { importTfjsNode } from '../install/import-tfjs-node';
import { engineName } from '../kernels/tensorflow-backend';
import { histogramBuckets } from './histogram-buckets';

/**
 * Writes a TensorBoard event file into a folder, with TensorFlow's own writer.
 *
 * @returns undefined unless the native backend is the one in use
 */
export async function createSummaryWriter(folder: string): Promise<SummaryWriter | undefined> {
  if (tf.getBackend() !== engineName) return undefined;
  const { node } = await importTfjsNode();
  Object.assign(tf.backend(), { buckets: histogramBuckets });
  const writer = node.summaryFileWriter(folder);
  return {
    scalar: (name, value, step) => writer.scalar(name, value, step),
    histogram: (name, values, step) => writer.histogram(name, values, step),
    flush: () => writer.flush(),
  };
}
