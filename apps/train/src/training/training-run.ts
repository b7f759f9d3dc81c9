import { nativeAdam } from '@capsnet/backend';
import { buildNetwork, fromEarlier, type NetworkOptions, networkConfig } from '@capsnet/core';
import {
  adam,
  constant,
  cosine,
  DamagedCheckpoint,
  NonFiniteLoss,
  type Schedule,
  stepDecay,
  type TrainOptions,
  train,
  WrongFingerprint,
} from '@capsnet/trainer';
import { folderStore, lockFolder } from '@capsnet/trainer/node';
import writeFileAtomic from 'write-file-atomic';
import type { RunConfig } from '../config/schema';
import { type Batch, firstInOrder } from '../data/data';
import { evaluateOn } from '../evaluation/evaluation';
import { writeModel } from '../models/model-file';
import { isCapsNet, type Network } from '../models/network';
import { drawConfusionMatrix } from '../pictures/confusion-picture';
import { drawReconstructions } from '../pictures/reconstructions';
import { recordCommit } from '../runs/commits';
import { type Results, testFigures } from '../runs/results';
import { type RunFolder, removeLeftovers } from '../runs/run-folder';
import { sayResults } from '../runs/summary';
import { count } from '../terminal/format';
import { invocation } from '../terminal/invocation';
import { blamingInput, storageProblem, UserError } from '../terminal/user-error';
import { versions } from '../terminal/versions';
import { listenForInterruption } from './interruption';
import { meanThroughput } from './throughput';
import type { EventOf } from './train-event';
import type { TrainingJob } from './training-job';
import { drawCurves, openSession, type Session } from './training-session';

/**
 * Trains, keeps the run folder up to date, and at the end tests once.
 *
 * @returns the exit code: 0, or 130 or 143 after a signal, when the run can be resumed
 */
export async function runTraining(job: TrainingJob): Promise<number> {
  try {
    return await trainLocked(job);
  } catch (error) {
    const problem = storageProblem(error);
    if (problem === undefined) throw error;
    throw new Error(
      `${job.run.path} cannot be written: ${problem}. Checkpoints written before are intact; ` +
        `mend that and go on with ${job.resumeWith}`,
      { cause: error },
    );
  }
}

async function trainLocked(job: TrainingJob): Promise<number> {
  const unlock = await blamingInput('train', () => lockFolder(job.run.path));
  const net = buildNetwork(job.config.model);
  const session = openSession(job);
  const interruption = listenForInterruption(() =>
    job.output.note('\nfinishing this step and writing a checkpoint; a second Ctrl-C ends at once'),
  );
  try {
    await removeLeftovers(job.run);
    const commit = await recordCommit(job.run, job.commit);
    const done = await untilDone(job, net, session, interruption.abort);
    // From here on there is nothing to lose: a signal ends the process, and the run can still be resumed.
    interruption.dispose();
    if (done.reason === 'aborted') {
      sayHowToResume(job, done.step);
      return interruption.exitCode() ?? 1;
    }
    await finish(job, net, done, session, commit);
    return 0;
  } finally {
    interruption.dispose();
    net.dispose();
    try {
      session.close();
    } finally {
      await unlock();
    }
  }
}

async function untilDone(
  job: TrainingJob,
  net: Network,
  session: Session,
  signal: AbortSignal,
): Promise<EventOf<'done'>> {
  try {
    for await (const event of train<Batch>(net, job.sources.train, trainOptions(job, signal))) {
      await session.hear(event);
      if (event.type === 'done') return event;
    }
  } catch (error) {
    if (error instanceof DamagedCheckpoint || error instanceof WrongFingerprint) {
      throw new UserError(`--resume: ${error.message}`, { cause: error });
    }
    if (error instanceof NonFiniteLoss) throw new Error(adviceFor(error, job.run), { cause: error });
    throw error;
  }
  throw new Error('the training ended without a result');
}

function adviceFor(
  { metric, value, step, epoch, batch, lastCheckpoint }: NonFiniteLoss,
  run: RunFolder,
): string {
  const kept = lastCheckpoint
    ? `${run.checkpoints} holds the weights from before`
    : 'there is no checkpoint yet';
  return (
    `stopped at step ${step} (epoch ${epoch}, batch ${batch}): ${metric} is ${value}; ${kept}. ` +
    'Start a new run with a lower training.learningRate.initial, or with training.clipNorm=1'
  );
}

function trainOptions(
  { run, config, sources, resume }: TrainingJob,
  signal: AbortSignal,
): TrainOptions<Batch> {
  const { training, model } = config;
  return {
    epochs: training.epochs,
    optimizer: variables => nativeAdam(variables) ?? adam(variables),
    schedule: scheduleOf(config),
    clipNorm: training.clipNorm ?? undefined,
    averageDecay: training.averageDecay ?? undefined,
    validation: sources.validation && {
      source: sources.validation,
      perEpoch: training.validationsPerEpoch,
      patience: training.patience ?? undefined,
    },
    store: folderStore(run.checkpoints, { keep: training.keepCheckpoints }),
    checkpointEvery: training.checkpointEvery ?? undefined,
    resume,
    fingerprint: model,
    // With the names of today, and what the version that wrote it did not know yet as by default.
    readFingerprint: saved => networkConfig(fromEarlier(saved) as NetworkOptions),
    inspectEvery: training.histogramsEvery,
    signal,
  };
}

function scheduleOf({ training }: RunConfig): Schedule {
  const { schedule, ...rates } = training.learningRate;
  switch (schedule) {
    case 'constant':
      return constant(rates.initial);
    case 'step':
      return stepDecay(rates);
    case 'cosine':
      return cosine(rates);
  }
}

function sayHowToResume({ resumeWith: resume, output }: TrainingJob, step: number): void {
  output.say(`\nstopped after step ${step}, with a checkpoint; go on with\n\n  ${resume}\n`);
  output.emit({ type: 'interrupted', step, resume });
}

/** The model, the one look at the test images, the pictures; `results.json` last, which makes the run a finished one. */
async function finish(
  job: TrainingJob,
  net: Network,
  done: EventOf<'done'>,
  session: Session,
  commit: string | undefined,
): Promise<void> {
  const { run, runs, config, splits, backend, output } = job;
  await writeModel(run.model, net);
  const seconds = session.seconds();

  output.say(`\ntesting the ${done.weights} weights on ${count(splits.test.indices.length)} images`);
  const test = await evaluateOn(net, splits.test, config, config.training.batchSize);
  const { loss, accuracy, margin, reconstruction } = test;
  const { step, epoch } = done;
  session.record({
    split: 'test',
    step,
    epoch,
    loss,
    accuracy,
    margin,
    reconstruction,
    seconds: session.seconds(),
  });
  await drawCurves(run, session.measurements, session.stepsPerEpoch());
  if (test.single) await writeFileAtomic(run.confusionMatrix, drawConfusionMatrix(test.single.confusion));
  if (isCapsNet(net) && net.config.decoder) {
    const shown = firstInOrder(splits.test, config, 100);
    await writeFileAtomic(run.reconstructions, await drawReconstructions(net, shown));
    shown.dispose();
  }

  const best = session.measurements.find(
    ({ split, step }) => split === 'validation' && step === done.best?.step,
  );
  const results: Results = {
    test: testFigures(test),
    validation: best && { step: best.step, loss: best.loss, accuracy: best.accuracy },
    epochs: epoch,
    steps: step,
    stopped: done.reason,
    command: invocation(...process.argv.slice(2)),
    seed: { model: config.model.seed, training: config.training.seed },
    commit,
    date: new Date().toISOString(),
    backend: { name: backend.name, device: backend.device },
    versions: versions(),
    parameters: Object.values(net.variables).reduce(
      (sum, { size, trainable }) => sum + (trainable ? size : 0),
      0,
    ),
    seconds,
    imagesPerSecond: meanThroughput(session.measurements.flatMap(step => step.imagesPerSecond ?? [])),
    peakMemory: process.resourceUsage().maxRSS * 1024,
  };
  await writeFileAtomic(run.results, `${JSON.stringify(results, null, 2)}\n`);
  output.emit({ type: 'results', run: run.path, ...results });
  sayResults(output, results, run, runs);
}
