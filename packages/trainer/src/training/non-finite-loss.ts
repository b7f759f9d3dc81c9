import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';

/** Training met a NaN or an infinity. The trainable's weights are not to be used; checkpoints written before are intact. */
export class NonFiniteLoss extends CapsnetError {
  override readonly name = 'NonFiniteLoss';
  readonly step: number;
  readonly epoch: number;
  /** Of the training data, within the epoch, from 1: that of the step, or the last one before an evaluation. */
  readonly batch: number;
  /** What was not finite: `batch` and the name of its tensor, `loss` or another metric, `validation loss`, `gradient norm`, or the name of a tensor. */
  readonly metric: string;
  readonly value: number;
  /** The name of the last checkpoint of this run, if there is one. */
  readonly lastCheckpoint: string | null;

  constructor(
    found: Pick<NonFiniteLoss, 'step' | 'epoch' | 'batch' | 'metric' | 'value' | 'lastCheckpoint'>,
  ) {
    const { step, epoch, batch, metric, value, lastCheckpoint } = found;
    super(
      'not-finite',
      `expected finite values, found ${metric} ${value} at step ${step} (epoch ${epoch}, batch ${batch}). ` +
        (lastCheckpoint === null
          ? 'There is no checkpoint yet. '
          : `The last checkpoint, ${lastCheckpoint}, is from before that. `) +
        (metric.startsWith('batch ')
          ? 'The fault is in the data: look at that batch'
          : 'A lower learning rate or gradient clipping (clipNorm) may help'),
    );
    this.step = step;
    this.epoch = epoch;
    this.batch = batch;
    this.metric = metric;
    this.value = value;
    this.lastCheckpoint = lastCheckpoint;
  }
}

/** A number, or a tensor, that is not finite. */
export interface NonFinite {
  readonly name: string;
  /** Of a tensor the sum of its magnitudes, which is not finite either. */
  readonly value: number;
}

/** The first of these numbers that is NaN or infinite. */
export function findNonFinite(values: Readonly<Record<string, number>>): NonFinite | null {
  const [name, value] = Object.entries(values).find(([, value]) => !Number.isFinite(value)) ?? [];
  return name === undefined ? null : { name, value: value! };
}

/** The first of these tensors with a NaN or an infinity in it. */
export async function findNonFiniteTensor(tensors: NamedTensors): Promise<NonFinite | null> {
  const names = Object.keys(tensors);
  // One number each and one read for all. Maxima would not do: those of GPUs may skip NaN.
  const sums = tf.tidy(() =>
    tf.stack(names.map(name => tf.tidy(() => tf.sum(tf.abs(tf.cast(tensors[name]!, 'float32')))))),
  );
  const values = await sums.data();
  tf.dispose(sums);
  return findNonFinite(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
}

/** Values by longer names: `validation loss` from `loss`. */
export function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}
