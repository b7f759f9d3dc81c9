import { differences } from '@capsnet/checks';
import { type AnyNetwork, buildNetwork } from '@capsnet/core';
import { NonFiniteLoss, train } from '@capsnet/trainer';
import { type FolderLock, FolderLocked, lockFolder } from '@capsnet/trainer/node';
import type { Batch } from '../data/batches';
import { nameOf, startFrom, startsFromWeights } from '../models/initial-weights';
import { expectCheckpoints } from '../runs/lost-checkpoints';
import { keepEarlierResults, lastProlonging, newestStep } from '../runs/prolonging';
import { createRun, readRunConfig, removeLeftovers, writeRunConfig } from '../runs/run-folder';
import { addSession, changesSince, readSessions, type Session } from '../runs/sessions';
import { UsageError } from '../terminal/errors';
import { commit, versions } from '../terminal/versions';
import { finishRun } from './finish-run';
import { finishDiverged, finishTrial } from './finish-trial';
import { followTraining } from './follow-training';
import { type Interruption, listenForInterruption } from './interruption';
import { noteMemory } from './memory-need';
import type { EventOf } from './train-event';
import { ratesOfProlonged, trainOptionsOf } from './train-options';
import { trainingFailure } from './training-failure';
import type { TrainingJob } from './training-job';
import { openTrainingLog, type TrainingLog } from './training-log';

/**
 * Trains, keeps the run folder up to date, and at the end tests once. Nothing is written before every option has been
 * checked.
 *
 * @returns the exit code: 0, or 129, 130 or 143 after a signal, when the run can be resumed
 */
export async function runTraining(job: TrainingJob): Promise<number> {
  if (job.workers && job.workers.rank > 0) return followTraining(job);
  const net = buildNetwork(job.config.model);
  const interruption = listenForInterruption(() =>
    job.output.warn('\nfinishing this step and writing a checkpoint; press Ctrl-C again to quit now'),
  );
  let lock: FolderLock | undefined;
  try {
    const options = trainOptionsOf(job, {
      signal: interruption.abort,
      lock: { expectHeld: async () => lock?.expectHeld() },
      patienceFrom: await patienceFrom(job),
    });
    const events = train<Batch>(net, job.sources.train, options);
    if (await isAtItsBeginning(job)) await takeInitialWeights(job, net);
    if (!job.resume) await createRun(job.run, job.config);
    lock = await lockRun(job);
    await noteMemory(job);
    return await trainInFolder(job, net, events, lock, interruption);
  } finally {
    // One that cannot be removed counts for nothing once the process has ended.
    await lock?.release().catch(() => {});
    interruption.dispose();
    net.dispose();
  }
}

/** What a run that was longer than planned at first has not improved by then, it is not blamed for. */
async function patienceFrom({ run, resume, prolongedFrom }: TrainingJob): Promise<number> {
  if (!resume) return 0;
  const before = lastProlonging(await readSessions(run));
  return prolongedFrom === undefined ? before : await newestStep(run);
}

/** Not so once there is a checkpoint: it holds all that a run goes on with. */
async function isAtItsBeginning({ run, resume }: TrainingJob): Promise<boolean> {
  return !resume || (await newestStep(run)) === 0;
}

async function takeInitialWeights({ config, splits, output }: TrainingJob, net: AnyNetwork): Promise<void> {
  const { from } = config.training;
  if (!startsFromWeights(from)) return;
  const { taken, anew } = await startFrom(net, from, splits.train.set.classes);
  output.print(`starts from ${nameOf(from)}: ${taken.join(', ')}`);
  for (const { layer, reason } of anew) output.print(`  ${layer} begins anew: ${reason}`);
  output.emit({ type: 'initial-weights', from, taken, anew });
}

async function trainInFolder(
  job: TrainingJob,
  net: AnyNetwork,
  events: ReturnType<typeof train>,
  lock: FolderLock,
  interruption: Interruption,
): Promise<number> {
  try {
    const log = openTrainingLog(job);
    try {
      if (job.resume) await expectCheckpoints(job.run, job.config);
      if (job.endsNow && (await newestStep(job.run)) === 0) {
        throw new UsageError(
          `--finish: expected a checkpoint in ${job.run.checkpoints}, found none: ${job.run.name} has learnt nothing that could be kept`,
        );
      }
      await removeLeftovers(job.run);
      const earlier = await beginSession(job);
      const done = await untilDone(events, { job, net, log, lock });
      await job.workers?.leave();
      // From here on there is nothing to lose: a signal ends the process, and the run can still be resumed.
      interruption.dispose();
      if (done.reason === 'aborted') {
        printHowToResume(job, done.step);
        return interruption.exitCode() ?? 1;
      }
      if (job.trial) await finishTrial(job, net, { done, log, lock });
      else await finishRun(job, net, { done, log, lock, sessions: earlier });
      return 0;
    } finally {
      log.close();
    }
  } catch (error) {
    // What is wrong with a batch is no fault of the configuration.
    if (job.trial && error instanceof NonFiniteLoss && !error.metric.startsWith('batch ')) {
      await finishDiverged(job, error);
      return 0;
    }
    throw trainingFailure(error, job);
  }
}

/** @throws UsageError when another process trains the run, and it is not to be taken over */
async function lockRun(job: TrainingJob): Promise<FolderLock> {
  try {
    return await lockFolder(job.run.path, { takeOver: job.takeOver });
  } catch (error) {
    if (!(error instanceof FolderLocked)) throw trainingFailure(error, job);
    throw new UsageError(`${error.message}, or add --take-over`, { cause: error });
  }
}

/**
 * Writes into the run folder what trains it from here on, and says so when that is not what trained it before.
 *
 * @returns the sessions before this one, and this one
 */
async function beginSession(job: TrainingJob): Promise<Session[]> {
  const { run, config, digests, backend, workers, output, resume, prolongedFrom } = job;
  const before = await readSessions(run);
  const step = prolongedFrom === undefined ? 0 : await newestStep(run);
  const session: Session = {
    began: new Date().toISOString(),
    data: digests,
    config,
    backend: { name: backend.name, device: backend.device },
    ...(workers && { workers: workers.size }),
    versions: versions(),
    commit: commit(),
    stepsPerEpoch: job.sources.train.batchesPerEpoch,
    ...(prolongedFrom !== undefined && { prolonged: { epochs: prolongedFrom, step } }),
  };
  const last = before.at(-1);
  const changes = last ? changesSince(last, session) : [];
  if (changes.length > 0) {
    output.note(
      `the run was trained with ${changes.join('; ')}: its weights may differ, in their last bits at least, ` +
        'from those without the change',
    );
  }
  // In this order: whichever of them is the last before a process is killed, the run goes on.
  if (prolongedFrom !== undefined) await keepEarlierResults(run);
  await addSession(run, before, session);
  if (prolongedFrom !== undefined) tellProlonging(job, prolongedFrom, step);
  // The images may have moved, and the epochs may have become more.
  if (resume && differences(await readRunConfig(run), config).length > 0) await writeRunConfig(run, config);
  return [...before, session];
}

function tellProlonging({ config, sources, output }: TrainingJob, epochs: number, step: number): void {
  const stepsPerEpoch = sources.train.batchesPerEpoch;
  const learningRate = ratesOfProlonged(config, { epochs, step, stepsPerEpoch });
  output.note(`from ${epochs} to ${config.training.epochs} epochs: ${learningRate}`);
  output.emit({ type: 'prolonged', from: epochs, to: config.training.epochs, step, learningRate });
}

async function untilDone(
  events: ReturnType<typeof train>,
  {
    job,
    net,
    log,
    lock,
  }: {
    readonly job: TrainingJob;
    readonly net: AnyNetwork;
    readonly log: TrainingLog;
    readonly lock: FolderLock;
  },
): Promise<EventOf<'done'>> {
  for await (const event of events) {
    // Before what the event is logged as, and before the checkpoint that may follow it.
    await lock.expectHeld();
    await log.onEvent(event);
    if (event.type === 'validation') await job.onValidation?.(net, job);
    if (event.type === 'done') return event;
  }
  throw new Error('the training ended without a result');
}

function printHowToResume({ resumeWith: resume, output }: TrainingJob, step: number): void {
  output.print(`\nstopped after step ${step}, with a checkpoint; go on with\n\n  ${resume}\n`);
  output.emit({ type: 'interrupted', step, resume });
}
