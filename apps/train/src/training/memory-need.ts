import { freemem } from 'node:os';
import type { BackendName } from '@capsnet/backend';
import { formatBytes } from '@capsnet/checks';
import { type AnyNetwork, buildNetwork } from '@capsnet/core';
import type { BatchSource } from '@capsnet/data/node';
import * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/schema';
import { type Batch, imagesInOrder } from '../data/batches';
import type { Splits } from '../data/splits';
import type { TrainingJob } from './training-job';

/**
 * Copies of the weights besides those of a step: of checkpoints while they are written, and what a backend keeps of what it has freed.
 *
 * Measured, in MB more than before the training, at the peak; and as estimated:
 *
 *     images         16          64          128
 *     native, paper      366, 368    548, 466    589, 597
 *     native, efficient  117, 113    222, 224    352, 372
 *     wasm, paper        679, 675    764, 777    931, 912
 *     wasm, efficient    125, 184    304, 357    497, 587
 */
const copies: Partial<Record<BackendName, number>> = { wasm: 14 };
const copiesElsewhere = 6;

/** What a step needs besides what the process already has, in bytes, by the number of its images. */
export interface MemoryNeed {
  readonly fixed: number;
  readonly perImage: number;
}

/** Measured on steps of one and of two images of a network of its own, which nothing else sees. */
export async function memoryNeed(
  config: RunConfig,
  { train }: Pick<Splits, 'train'>,
  backend: BackendName,
): Promise<MemoryNeed> {
  const net = buildNetwork(config.model);
  try {
    const weights = Object.values(net.variables).filter(({ trainable }) => trainable);
    const bytesOf = (images: number) => bytesOfStep(net, weights, imagesInOrder(train, config, images));
    const [one, two] = [await bytesOf(1), await bytesOf(2)];
    // Two moments of Adam, and the moving average.
    const kept = config.training.averageDecay === null ? 2 : 3;
    const bytes = weights.reduce((sum, { size }) => sum + 4 * size, 0);
    const more = copies[backend] ?? copiesElsewhere;
    return { fixed: (kept + more) * bytes + 2 * one - two, perImage: two - one };
  } finally {
    net.dispose();
  }
}

async function bytesOfStep(
  net: AnyNetwork,
  weights: tf.Variable[],
  images: BatchSource<Batch>,
): Promise<number> {
  const batch = await images.next();
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => {
    const { value, grads } = tf.variableGrads(() => net.loss(batch as never).loss, weights);
    tf.dispose([value, ...Object.values(grads)]);
  });
  batch.dispose();
  return peakBytes - before;
}

/**
 * Says when a step will probably not fit into the memory that is free. The system decides; this is a note.
 *
 * @param available what is free, in bytes; default: of the machine, and of the container
 */
export async function noteMemory(
  {
    config,
    splits,
    backend,
    workers,
    output,
  }: Pick<TrainingJob, 'config' | 'splits' | 'backend' | 'workers' | 'output'>,
  available = Math.min(freemem(), process.availableMemory()),
): Promise<void> {
  const { fixed, perImage } = await memoryNeed(config, splits, backend.name);
  const { size } = workers ?? { size: 1 };
  const batchSize = Math.ceil(config.training.batchSize / size);
  const atOnce = Math.ceil(batchSize / config.training.accumulate);
  const need = fixed + atOnce * perImage;
  if (need <= available) return;
  const fits = Math.floor((available - fixed) / perImage);
  output.note(
    `a step of ${atOnce} images needs some ${formatBytes(need)} of memory, and ${formatBytes(available)} are free: ` +
      'it will be slow, or the system will end it. ' +
      (fits >= 1
        ? `--accumulate ${Math.ceil(batchSize / fits)} would fit, which computes the same batch in parts; so would ` +
          `--set training.batchSize=${size * fits}`
        : 'No batch of this network would fit'),
  );
}
