import * as tf from '@tensorflow/tfjs-core';
import type { CheckpointStore } from '../checkpoints/checkpoint';
import { differences, WrongOwner } from '../checkpoints/owner';
import { evaluate } from '../evaluation/evaluate';
import { adam } from '../optimizers/adam';
import { movingAverage } from '../optimizers/moving-average';
import { stepDecay } from '../schedules/schedule';
import type { Metrics, TrainEvent } from './events';
import type { Batch, BatchSource, NamedTensors, Trainable } from './interfaces';
import { nextTurn } from './next-turn';
import { NonFiniteLoss } from './non-finite-loss';
import { prefetch } from './prefetch';
import { bestIsIntact, type Damaged, demandEmpty, disposeCheckpoint, newestIntact, readBest } from './resume';
import type { RunState } from './run-state';
import { type Step, takeStep } from './take-step';
import { checkTrainOptions, type TrainOptions } from './train-options';
import { assignWeights, copyWeights, differingWeights, findNonFinite } from './weights';

/**
 * Trains a model and tells what happens, in the order of {@link TrainEvent}. Nothing happens before the first event is
 * asked for, or between two events.
 *
 * At `done` the trainable holds the weights that the event names: those of the best validation where there is one, else
 * the last ones (their moving average where one is kept). A run that is resumed after its end does not train: it tells
 * the test and `done` of the best checkpoint again.
 *
 * A consumer may leave the loop at any event; nothing stays behind but the trainable with its current weights, and
 * checkpoints.
 *
 * @throws {@link NonFiniteLoss} at the first NaN or infinity in a training batch, losses, metrics, gradient norms or
 *   weights to be saved
 * @throws {@link WrongOwner} for a checkpoint of another model, of other settings or other data
 * @throws {@link DamagedCheckpoint} if there are checkpoints to go on from and none is intact
 * @throws RangeError for an option out of range
 */
export async function* train<B extends Batch>(
  trainable: Trainable<NoInfer<B>>,
  source: BatchSource<B>,
  options: TrainOptions<NoInfer<B>>,
): AsyncGenerator<TrainEvent, void, undefined> {
  checkTrainOptions(options, source);
  const {
    schedule = stepDecay(),
    clipNorm,
    validation,
    test,
    store,
    checkpointEvery,
    inspectEvery,
    signal,
  } = options;
  const { batchesPerEpoch } = source;
  const totalSteps = Math.min(options.epochs * batchesPerEpoch, options.maxSteps ?? Number.POSITIVE_INFINITY);
  const { perEpoch = 5, patience = Number.POSITIVE_INFINITY } = validation ?? {};

  const { variables } = trainable;
  const trained = Object.fromEntries(Object.entries(variables).filter(([, variable]) => variable.trainable));
  const optimizer = options.optimizer?.(trained) ?? adam(trained);
  const average =
    options.averageDecay === undefined ? undefined : movingAverage(trained, options.averageDecay);
  const batches = prefetch(source);
  // Of a run without a store.
  let bestWeights: NamedTensors = {};
  let lastCheckpoint: string | null = null;
  let unsaved = false;
  const run: RunState = {
    step: 0,
    settled: true,
    batchesPerEpoch,
    source: batches.state(),
    best: null,
    withoutImprovement: 0,
    epoch: { examples: 0, sums: {} },
    owner: options.owner === undefined ? null : JSON.parse(JSON.stringify(options.owner)),
  };

  const position = () => ({ step: run.step, epoch: Math.max(1, Math.ceil(run.step / batchesPerEpoch)) });
  const stopsEarly = () => run.withoutImprovement >= patience;

  try {
    yield await start();
    for (;;) {
      if (!run.settled) yield* settle();
      if (signal?.aborted) {
        if (store && unsaved) yield await writeCheckpoint(store, false);
        yield done('aborted', 'last');
        return;
      }
      if (run.step >= totalSteps || stopsEarly()) break;
      yield* step();
    }
    yield* finish();
  } finally {
    await batches.close();
    optimizer.dispose();
    average?.dispose();
    tf.dispose(bestWeights);
  }

  async function start(): Promise<TrainEvent> {
    if (store && !options.resume) await demandEmpty(store);
    const { resumedFrom, damaged } = options.resume && store ? await resume(store) : fresh;
    return {
      type: 'start',
      step: run.step,
      totalSteps,
      stepsPerEpoch: batchesPerEpoch,
      resumedFrom,
      damaged,
    };
  }

  async function* step(): AsyncGenerator<TrainEvent, void, undefined> {
    const batch = await batches.take();
    const examples = batch.count;
    const learningRate = schedule(run.step);
    optimizer.learningRate = learningRate;
    let taken: Step;
    try {
      taken = takeStep(trainable, batch, { variables: trained, optimizer, clipNorm });
    } finally {
      batch.dispose();
    }
    const { gradients, names, checks, values } = taken;
    try {
      run.step++;
      run.settled = false;
      unsaved = true;
      average?.update(run.step);
      const reading = values.data();
      if (run.step < totalSteps) batches.prepare();
      const read = await reading;
      await nextTurn();
      const all = names.map((name, i) => [name, read[i]!] as const);
      demandFinite(Object.fromEntries(all));
      const metrics = Object.fromEntries(all.filter(([name]) => !checks.has(name)));
      run.epoch.examples += examples;
      for (const [name, value] of Object.entries(metrics)) {
        run.epoch.sums[name] = (run.epoch.sums[name] ?? 0) + value * examples;
      }
      yield { type: 'step', metrics, learningRate, examples, ...position() };
      if (inspectEvery && run.step % inspectEvery === 0) {
        yield { type: 'inspection', gradients, variables: { ...variables }, ...position() };
      }
    } finally {
      tf.dispose([values, gradients]);
    }
  }

  /** What follows a step: validation, the end of an epoch, a checkpoint. An abort leaves the step unsettled. */
  async function* settle(): AsyncGenerator<TrainEvent, void, undefined> {
    const endsEpoch = run.step % batchesPerEpoch === 0;
    const isLast = run.step >= totalSteps;
    let isBest = false;
    if (validation && (isLast || isSpread(run.step, perEpoch, batchesPerEpoch))) {
      const { source } = validation;
      const metrics = await untilAborted(() =>
        average ? average.during(() => measure(source)) : measure(source),
      );
      if (!metrics) return;
      demandFinite(metrics, 'validation ');
      isBest = !run.best || metrics.loss! < run.best.loss;
      if (isBest) run.best = { step: run.step, loss: metrics.loss! };
      run.withoutImprovement = isBest ? 0 : run.withoutImprovement + 1;
      if (isBest && !store) {
        tf.dispose(bestWeights);
        bestWeights = copyWeights({ ...variables, ...average?.tensors() });
      }
      yield { type: 'validation', metrics, isBest, ...position() };
    }
    if (endsEpoch) {
      const { examples, sums } = run.epoch;
      const metrics = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / examples]));
      run.epoch = { examples: 0, sums: {} };
      yield { type: 'epoch', metrics, ...position() };
    }
    run.settled = true;
    unsaved = true;
    const isDue = checkpointEvery !== undefined && run.step % checkpointEvery === 0;
    if (store && (isBest || endsEpoch || isLast || isDue || stopsEarly())) {
      yield await writeCheckpoint(store, isBest);
    }
  }

  /** Puts the final weights into the trainable and tests them. */
  async function* finish(): AsyncGenerator<TrainEvent, void, undefined> {
    const weights = run.best ? 'best' : 'last';
    if (run.best && store) await loadBest(store, run.best.step);
    else assignWeights(variables, run.best ? bestWeights : (average?.tensors() ?? {}));
    await demandFiniteTensors({ ...variables });
    if (test) {
      const metrics = await untilAborted(() => measure(test));
      if (!metrics) {
        yield done('aborted', weights);
        return;
      }
      demandFinite(metrics, 'test ');
      yield { type: 'test', metrics, ...position() };
    }
    yield done(run.step < totalSteps ? 'early' : 'finished', weights);
  }

  function done(reason: 'finished' | 'early' | 'aborted', weights: 'best' | 'last'): TrainEvent {
    return { type: 'done', reason, weights, best: run.best && { ...run.best }, ...position() };
  }

  function measure(from: BatchSource<B>): Promise<Metrics> {
    return evaluate(trainable, from, { signal });
  }

  async function untilAborted<T>(measuring: () => Promise<T>): Promise<T | null> {
    try {
      return await measuring();
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return null;
      throw error;
    }
  }

  async function writeCheckpoint(to: CheckpointStore, isBest: boolean): Promise<TrainEvent> {
    const optimizerState = optimizer.state();
    const averages = average?.tensors() ?? null;
    try {
      await demandFiniteTensors({
        ...variables,
        ...prefixed('moving average of ', averages ?? {}),
        ...prefixed('optimiser state ', optimizerState),
      });
      lastCheckpoint = await to.write(
        {
          weights: { ...variables },
          optimizer: optimizerState,
          average: averages,
          state: { ...run, source: batches.state() },
        },
        { step: run.step, isBest },
      );
    } finally {
      tf.dispose(optimizerState);
    }
    unsaved = false;
    return { type: 'checkpoint', name: lastCheckpoint, ...position() };
  }

  /** Goes on from the newest intact checkpoint. */
  async function resume(from: CheckpointStore): Promise<{ resumedFrom: string | null; damaged: Damaged[] }> {
    const { found, damaged } = await newestIntact(from);
    if (!found) return { resumedFrom: null, damaged };
    const { name, checkpoint, run: saved } = found;
    try {
      const differing = [
        ...differences(saved.owner, run.owner, 'owner'),
        ...differences(saved.batchesPerEpoch, batchesPerEpoch, 'batches per epoch'),
        ...differences(checkpoint.average !== null, average !== undefined, 'moving average'),
        ...differingWeights(variables, checkpoint.weights),
        ...(average && checkpoint.average ? differingWeights(trained, checkpoint.average) : []),
      ];
      if (differing.length > 0) throw new WrongOwner(name, differing);
      try {
        optimizer.restore(checkpoint.optimizer);
        batches.restore(saved.source);
      } catch (cause) {
        throw new WrongOwner(name, [(cause as Error).message], { cause });
      }
      assignWeights(variables, checkpoint.weights);
      if (checkpoint.average) average?.restore(checkpoint.average);
    } finally {
      disposeCheckpoint(checkpoint);
    }
    Object.assign(run, saved);
    lastCheckpoint = name;
    if (run.best && !(await bestIsIntact(from, run.best.step, damaged))) {
      run.best = null;
      run.withoutImprovement = 0;
    }
    return { resumedFrom: name, damaged };
  }

  async function loadBest(from: CheckpointStore, bestStep: number) {
    const checkpoint = await readBest(from, bestStep);
    assignWeights(variables, { ...checkpoint.weights, ...checkpoint.average });
    disposeCheckpoint(checkpoint);
  }

  function demandFinite(metrics: Metrics, kind = '') {
    for (const [name, value] of Object.entries(metrics)) {
      if (!Number.isFinite(value)) {
        const batch = batchWithinEpoch(run.step, batchesPerEpoch);
        throw new NonFiniteLoss({ ...position(), batch, metric: `${kind}${name}`, value, lastCheckpoint });
      }
    }
  }

  async function demandFiniteTensors(tensors: NamedTensors) {
    const found = await findNonFinite(tensors);
    if (found) demandFinite({ [found.name]: found.value });
  }
}

const fresh = { resumedFrom: null, damaged: [] };

/** The batch of a step, from 1. */
function batchWithinEpoch(step: number, batchesPerEpoch: number): number {
  return ((step - 1) % batchesPerEpoch) + 1;
}

/** Whether one of `count` points, spread evenly over an epoch with the last one at its end, falls on this step. */
function isSpread(step: number, count: number, batchesPerEpoch: number): boolean {
  const within = batchWithinEpoch(step, batchesPerEpoch);
  const pointsUpTo = (batch: number) => Math.floor((batch * count) / batchesPerEpoch);
  return pointsUpTo(within) > pointsUpTo(within - 1);
}

function prefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}
