/** Training met a NaN or an infinity. The trainable's weights are not to be used; checkpoints written before are intact. */
export class NonFiniteLoss extends Error {
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
      `expected finite values, found ${metric} ${value} at step ${step} (epoch ${epoch}, batch ${batch}). ` +
        (lastCheckpoint === null
          ? 'There is no checkpoint yet. '
          : `The last checkpoint, ${lastCheckpoint}, is from before that. `) +
        (metric.startsWith('batch ')
          ? 'The data are to blame: look at that batch'
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
