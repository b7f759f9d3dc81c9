import type { PickedBackend } from '@capsnet/backend';
import { batchesOf } from '../data/batches';
import { digestsOf } from '../data/digests';
import { checkFits } from '../data/sizes';
import { split } from '../data/splits';
import type { ImageSets } from '../data-sets/data-set';
import { withEpochs } from '../runs/prolonging';
import { expectSameConfig, expectSameData } from '../runs/sessions';
import { chooseBackend } from '../terminal/backend';
import type { Joined } from '../workers/join-training';
import { expectSameImages } from '../workers/same-training';
import { runTraining } from './run-training';
import type { TrainingJob } from './training-job';

/** What is to be trained, and on which images. */
export type TrainingRequest = Pick<
  TrainingJob,
  | 'run'
  | 'config'
  | 'output'
  | 'resume'
  | 'prolongedFrom'
  | 'endsNow'
  | 'takeOver'
  | 'resumeWith'
  | 'trial'
  | 'onValidation'
> & {
  readonly data: ImageSets;
  /** The backend to train on; null takes the fastest there is. */
  readonly backend: string | null;
  /** The workers with which it is trained, if it is not by this process alone. */
  readonly joined?: Joined | undefined;
  /** The backend, where it has been picked already. */
  readonly picked?: PickedBackend | undefined;
};

/**
 * Splits the images, picks the backend, and trains.
 *
 * @returns the exit code, as `runTraining`
 * @throws UsageError when network, images and options do not fit together, or are not those with which a resumed run was
 *   trained; nothing has been written then
 */
export async function startTraining({
  data,
  backend,
  joined,
  picked,
  ...request
}: TrainingRequest): Promise<number> {
  const { run, config, output } = request;
  const digests = digestsOf(data);
  if (joined) await expectSameImages(joined.workers, digests);
  if (request.resume && !(joined && joined.workers.rank > 0)) {
    await expectSameConfig(run, withEpochs(config, request.prolongedFrom ?? config.training.epochs));
    await expectSameData(run, digests);
  }
  checkFits(config.model, data, config);
  const splits = await split(data, config);
  const sources = await batchesOf(splits, config);
  return runTraining({
    ...request,
    splits,
    sources,
    digests,
    backend: joined?.backend ?? picked ?? (await chooseBackend(output, backend)),
    workers: joined?.workers,
  });
}
