import type { RunConfig } from '../config/schema';
import type { Settings } from '../config/settings';
import { type Results, readResults } from '../runs/results';
import { type RunFolder, readRunConfig } from '../runs/run-folder';
import { expectSameConfig, withoutPlace } from '../runs/sessions';
import { UsageError, within } from '../terminal/errors';
import { configOf, type Experiment } from './experiment';
import { checkSame, checkSameData, extendRow, type Row, type Trained } from './experiment-row';
import { keepScores } from './vote';

/** The run folder of a seed. */
export function runNameOf({ name }: Pick<Experiment, 'name'>, seed: number): string {
  return `${name}-seed-${seed}`;
}

/**
 * Adds a finished run to the row of its experiment.
 *
 * @param hosts those that trained it, where several could have
 * @throws UsageError when it was trained with other settings, on other images than the rest of the row, or with another seed
 */
export async function addToRow(
  experiment: Experiment,
  seed: number,
  run: RunFolder,
  row: Row | undefined,
  hosts?: readonly string[],
): Promise<Row> {
  const config = await readRunConfig(run);
  await expectSameConfig(run, config);
  const sizes: Settings = { model: { image: config.model.image, classes: config.model.classes } };
  await within(run.path, () =>
    checkSame(experiment, withoutPlace(config), withoutPlace(configOf(experiment, seed, sizes))),
  );
  const results = await readResults(run);
  expectOfSeed(run, results, seed);
  if (results.data) checkSameData(experiment, row, results.data);
  const scores = await keepScores(experiment, seed, run);
  return extendRow(experiment, sizes, row, {
    ...trainedOf(experiment, config, results),
    ...(scores !== undefined && { scores }),
    ...(hosts && { hosts }),
  });
}

/** @throws UsageError when the results were written by a run of another seed */
function expectOfSeed(run: RunFolder, { seed: found }: Results, seed: number): void {
  if (found.model === seed && found.training === seed) return;
  throw new UsageError(
    `${run.results}: seed: expected ${seed}, as in ${run.config}, found ${found.training}: ` +
      'remove the file, and the command tests the run again',
  );
}

function trainedOf({ command }: Experiment, { training }: RunConfig, results: Results): Trained {
  return {
    seed: training.seed,
    images: results.test.images,
    error: results.test.error,
    ...(results.test.halfCreditError !== undefined && { halfCreditError: results.test.halfCreditError }),
    loss: results.test.loss,
    parameters: results.parameters,
    epochs: results.epochs,
    steps: results.steps,
    samples: results.steps * training.batchSize,
    seconds: results.seconds,
    imagesPerSecond: results.imagesPerSecond,
    backend: results.backend,
    ...(results.earlierBackends && { earlierBackends: results.earlierBackends }),
    ...(results.data && { data: results.data }),
    versions: results.versions,
    commit: results.commit,
    command,
    date: results.date,
  };
}
