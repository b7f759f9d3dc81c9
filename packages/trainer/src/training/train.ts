import type { Batch, BatchSource, Trainable } from '../interfaces';
import type { TrainEvent } from './events';
import { Run } from './run';
import { checkTrainOptions, type TrainOptions } from './train-options';

/**
 * Trains a model and emits what happens, in the order of {@link TrainEvent}. The options are checked at once; nothing else
 * happens before the first event is asked for, or between two events.
 *
 * At `done` the trainable holds the weights that the event names: those of the best validation where there is one, else
 * the last ones (their moving average where one is kept). A run that is resumed after its end does not train: it emits
 * the test and `done` of the best checkpoint again.
 *
 * A consumer may leave the loop at any event; nothing stays behind but the trainable with its current weights, and
 * checkpoints.
 *
 * @throws {@link NonFiniteLoss} at the first NaN or infinity in a training batch, losses, metrics, gradient norms or
 *   weights to be saved
 * @throws {@link WrongFingerprint} for a checkpoint of another model, of other settings or other data
 * @throws {@link DamagedCheckpoint} if there are checkpoints to go on from and none is intact
 * @throws CapsnetError `invalid-argument` for an option out of range, `in-use` for a store with the checkpoints of another
 *   run
 */
export function train<B extends Batch>(
  trainable: Trainable<NoInfer<B>>,
  source: BatchSource<B>,
  options: TrainOptions<NoInfer<B>>,
): AsyncGenerator<TrainEvent, void, undefined> {
  checkTrainOptions(options, source);
  return events(trainable, source, options);
}

async function* events<B extends Batch>(
  trainable: Trainable<NoInfer<B>>,
  source: BatchSource<B>,
  options: TrainOptions<NoInfer<B>>,
): AsyncGenerator<TrainEvent, void, undefined> {
  const run = new Run(trainable, source, options);
  try {
    yield await run.start();
    // What a run that was aborted within a validation owes to its last step.
    yield* run.settle();
    while (!run.isOver()) {
      yield* run.step();
      yield* run.settle();
    }
    yield* run.finish();
  } finally {
    await run.close();
  }
}
