import { formatCount } from '@capsnet/checks';
import type { AnyNetwork } from '@capsnet/core';
import type { FolderLock } from '@capsnet/trainer/node';
import writeFileAtomic from 'write-file-atomic';
import { drawConfusionMatrix } from '../charts/confusion-picture';
import { firstInOrder } from '../data/batches';
import { first } from '../data/splits';
import { type Evaluation, evaluateOn } from '../evaluation/evaluation';
import { encodeScores } from '../evaluation/scores-file';
import { measureUsual } from '../evaluation/usual';
import { writeModel } from '../models/model-file';
import { areMnistDigits } from '../models/open-model';
import { drawReconstructions } from '../pictures/reconstructions';
import { commitsOf } from '../runs/commits';
import type { Measurement } from '../runs/metrics-log';
import { endedByUser } from '../runs/prolonging';
import type { Results } from '../runs/results';
import type { Session } from '../runs/sessions';
import { printResults } from '../runs/summary';
import { invocation } from '../terminal/invocation';
import { versions } from '../terminal/versions';
import { meanThroughput } from './throughput';
import type { EventOf } from './train-event';
import type { TrainingJob } from './training-job';
import type { TrainingLog } from './training-log';

interface Ending {
  readonly done: EventOf<'done'>;
  readonly log: TrainingLog;
  readonly lock: FolderLock;
  /** All that trained the run. */
  readonly sessions: readonly Session[];
}

/** The model, the one look at the test images, the pictures; `results.json` last, which makes the run a finished one. */
export async function finishRun(
  job: TrainingJob,
  net: AnyNetwork,
  { done, log, lock, sessions }: Ending,
): Promise<void> {
  const { run, config, splits, output } = job;
  const { classes } = splits.test.set;
  const { fit } = config.data.pictures;
  await writeModel(run.model, net, {
    classes,
    fit: fit === 'exact' ? 'contain' : fit,
    areMnistDigits: areMnistDigits(config),
  });
  const seconds = log.seconds();

  output.print(`\ntesting the ${done.weights} weights on ${formatCount(splits.test.indices.length)} images`);
  const test = await evaluateOn(net, splits.test, config, config.training.batchSize);
  const validation = await validate(job, net, done, log.measurements);
  const usual = await measureUsualScore(job, net);
  await lock.expectHeld();
  log.record(testMeasurement(test, done, log.seconds()));
  await log.drawCurves();
  await drawTest(job, net, test);
  await writeFileAtomic(run.testScores, Buffer.from(encodeScores(test.scored)));

  const results = resultsOf(job, net, {
    done,
    test,
    validation,
    usualScore: usual,
    measurements: log.measurements,
    seconds,
    sessions,
    commit: await commitsOf(run, sessions),
  });
  await writeFileAtomic(run.results, `${JSON.stringify(results, null, 2)}\n`);
  output.emit({ type: 'results', run: run.path, ...results });
  printResults(output, results, run);
}

function testMeasurement(
  { loss, accuracy, margin, reconstruction }: Evaluation,
  { step, epoch }: EventOf<'done'>,
  seconds: number,
): Measurement {
  return { split: 'test', step, epoch, loss, accuracy, margin, reconstruction, seconds };
}

async function drawTest({ run, config, splits }: TrainingJob, net: AnyNetwork, { single }: Evaluation) {
  if (single?.confusion) {
    const { classes } = splits.test.set;
    await writeFileAtomic(run.confusionMatrix, drawConfusionMatrix(single.confusion, classes));
  }
  if (net.kind === 'capsnet' && net.config.decoder) {
    const shown = firstInOrder(splits.test, config, 100);
    await writeFileAtomic(
      run.reconstructions,
      await drawReconstructions(net, shown, { perImage: config.data.digits }),
    );
    shown.dispose();
  }
}

/** As it was measured while it was trained; or, when the log was lost, once more. */
async function validate(
  { config, splits: { validation } }: TrainingJob,
  net: AnyNetwork,
  { best }: EventOf<'done'>,
  measurements: readonly Measurement[],
): Promise<Results['validation']> {
  if (!validation || !best) return undefined;
  const { loss, accuracy } =
    measurements.find(({ split, step }) => split === 'validation' && step === best.step) ??
    (await evaluateOn(net, validation, config, config.training.batchSize));
  return { step: best.step, images: validation.indices.length, loss, accuracy };
}

/** More images would tell no more. */
const enoughImages = 10_000;

async function measureUsualScore(
  { config, splits: { validation, train } }: TrainingJob,
  net: AnyNetwork,
): Promise<Results['usualScore']> {
  const images = first(validation ?? train, enoughImages);
  const usual = await measureUsual(net, images, config, config.training.batchSize);
  return usual && { ...usual, split: validation ? 'validation' : 'train', images: images.indices.length };
}

interface Finished extends Pick<Results, 'validation' | 'usualScore'> {
  readonly done: EventOf<'done'>;
  readonly test: Evaluation;
  readonly measurements: readonly Measurement[];
  /** Of training. */
  readonly seconds: number;
  /** All that trained the run. */
  readonly sessions: readonly Session[];
  readonly commit: string | undefined;
}

function resultsOf(
  { config, backend, digests, splits, endsNow }: TrainingJob,
  net: AnyNetwork,
  {
    done,
    test: { single, scored: _, ...test },
    validation,
    usualScore,
    measurements,
    seconds,
    sessions,
    commit,
  }: Finished,
): Results {
  const earlierBackends = otherBackends(sessions, backend);
  return {
    test: { ...test, misclassified: single?.misclassified, confusion: single?.confusion },
    ...(splits.test.set.classes && { classes: splits.test.set.classes }),
    validation,
    usualScore,
    epochs: done.epoch,
    steps: done.step,
    stopped: endsNow ? endedByUser : done.reason,
    planned: config.training.epochs,
    command: invocation(...process.argv.slice(2)),
    seed: { model: config.model.seed, training: config.training.seed },
    commit,
    date: new Date().toISOString(),
    backend: { name: backend.name, device: backend.device },
    ...(earlierBackends.length > 0 && { earlierBackends }),
    versions: versions(),
    data: digests,
    parameters: Object.values(net.variables).reduce(
      (sum, { size, trainable }) => sum + (trainable ? size : 0),
      0,
    ),
    seconds,
    imagesPerSecond: meanThroughput(measurements.flatMap(({ imagesPerSecond }) => imagesPerSecond ?? [])),
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
}

/** Each once, in the order in which they trained. */
function otherBackends(
  sessions: readonly Session[],
  { name, device }: TrainingJob['backend'],
): Session['backend'][] {
  const others = new Map(
    sessions
      .map(session => session.backend)
      .filter(other => other.name !== name || other.device !== device)
      .map(other => [`${other.name} ${other.device}`, other]),
  );
  return [...others.values()];
}
