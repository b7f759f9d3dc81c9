import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { nextTurn } from '../batches/next-turn';
import { type Prefetch, prefetch } from '../batches/prefetch';
import type { CheckpointStore } from '../checkpoints/checkpoint';
import { differenceLines, WrongFingerprint } from '../checkpoints/wrong-fingerprint';
import { evaluate } from '../evaluation/evaluate';
import type { Batch, BatchSource, Json, Metrics, NamedTensors, Trainable } from '../interfaces';
import { cosine } from '../schedules/cosine';
import type { Schedule } from '../schedules/schedule';
import { averageStep } from '../workers/average-step';
import { beginTogether } from '../workers/begin-together';
import { expectEqualWorkers, expectSameTraining } from '../workers/equal-workers';
import { evaluateTogether } from '../workers/evaluate-together';
import { meet } from '../workers/meet';
import type { Reducer } from '../workers/reducer';
import { shareOf } from '../workers/share';
import { type BestWeights, bestInMemory, bestInStore, bestIsIntact, bestOfFirst } from './best-weights';
import type { TrainEvent } from './events';
import { Learner } from './learner';
import {
  findNonFinite,
  findNonFiniteTensor,
  type NonFinite,
  NonFiniteLoss,
  prefixed,
} from './non-finite-loss';
import { batchOf, epochOf, isSpread } from './position';
import { type Damaged, disposeCheckpoint, expectEmpty, newestIntact } from './resume';
import { addToEpoch, averagesOf, mergeEpochs, newEpoch, newRunState, type RunState } from './run-state';
import { computeInParts } from './step-in-parts';
import { applyGradients, metricsOf, type Step } from './take-step';
import type { TrainOptions } from './train-options';

type Events = AsyncGenerator<TrainEvent, void, undefined>;

/**
 * One training run: `start` it, `step` and `settle` until it is over, `finish` it. Whatever happens, `close` it.
 *
 * All that it has to remember from step to step is its state, which is plain JSON, and the learner's tensors. Together they
 * are a checkpoint.
 */
export class Run<B extends Batch> {
  readonly #trainable: Trainable<B>;
  readonly #options: TrainOptions<B>;
  readonly #schedule: Schedule;
  readonly #totalSteps: number;
  readonly #batches: Prefetch<B>;
  readonly #learner: Learner;
  readonly #bestWeights: BestWeights;
  #state: RunState;
  #lastCheckpoint: string | null = null;
  /** Whether there is something that the last checkpoint does not know. */
  #isUnsaved = false;
  /** Of several workers: whether one of them was asked to stop. Their own signals come at other steps. */
  #isAskedToStop = false;
  /** Steps that this worker has taken apart from the others, and metrics that they do not know of. */
  #apart = { steps: 0, epoch: newEpoch() };
  #checkpointEvery: number | undefined;

  constructor(trainable: Trainable<B>, source: BatchSource<B>, options: TrainOptions<B>) {
    const {
      epochs,
      maxSteps = Number.POSITIVE_INFINITY,
      schedule = cosine(),
      fingerprint,
      reducer,
    } = options;
    this.#trainable = trainable;
    this.#options = options;
    this.#schedule = schedule;
    this.#totalSteps = Math.min(epochs * source.batchesPerEpoch, maxSteps);
    this.#learner = new Learner(trainable.variables, options);
    this.#batches = prefetch(source);
    this.#checkpointEvery = options.checkpointEvery;
    const best = this.#store ? bestInStore(this.#store) : bestInMemory();
    this.#bestWeights = reducer ? bestOfFirst(best, reducer, trainable.variables) : best;
    this.#state = newRunState(source, fingerprint);
  }

  /** Goes to where the newest intact checkpoint was, if the run is to be resumed. */
  async start(): Promise<TrainEvent> {
    const { resume, reducer } = this.#options;
    const store = this.#store;
    if (reducer) await this.#expectSameTraining(reducer);
    if (store && !resume) await expectEmpty(store);
    const own = store && resume ? await this.#resume(store) : { resumedFrom: null, damaged: [] };
    const { resumedFrom, damaged } = reducer ? await this.#beginWithFirst(reducer, own) : own;
    return {
      type: 'start',
      step: this.#state.step,
      totalSteps: this.#totalSteps,
      stepsPerEpoch: this.#state.batchesPerEpoch,
      resumedFrom,
      damaged,
    };
  }

  isOver(): boolean {
    return this.#isAborted() || this.#isLastStep() || this.#isOutOfPatience() || this.#isPaused();
  }

  /**
   * Moves the weights by one batch. While the device computes, the next batch is made; then whoever waits for a turn gets
   * one, a signal for example.
   */
  async *step(): Events {
    const { optimizer, average, variables } = this.#learner;
    const { inspectEvery, reducer } = this.#options;
    const { outer } = this.#learner;
    const learningRate = this.#learningRate();
    optimizer.learningRate = learningRate;
    const batch = await this.#batches.take();
    const { count: examples } = batch;
    const own = reducer && outer ? this.#shareOf(batch, reducer) : batch;
    const { count: rows } = own;
    const taken = await (reducer && !outer ? this.#takeStepTogether(batch, reducer) : this.#takeStep(own));
    try {
      const step = ++this.#state.step;
      this.#state.settled = false;
      this.#isUnsaved = true;
      average?.update(step);
      const reading = taken.values.data();
      if ((!reducer || outer) && !this.#isLastStep()) this.#batches.prepare();
      const values = await reading;
      await nextTurn();
      const { all, metrics } = metricsOf(taken, values);
      this.#expectFinite(findNonFinite(all));
      if (outer) {
        this.#apart.steps++;
        addToEpoch(this.#apart.epoch, metrics, rows);
      } else addToEpoch(this.#state.epoch, metrics, examples);
      yield { type: 'step', metrics, learningRate, examples, ...this.#position() };
      if (inspectEvery && step % inspectEvery === 0) {
        const { gradients } = taken;
        yield { type: 'inspection', gradients, variables: { ...variables }, ...this.#position() };
      }
    } finally {
      tf.dispose([taken.values, taken.gradients]);
    }
  }

  /**
   * What follows a step: a validation if one falls on it, the end of an epoch, a checkpoint. An abort within the validation
   * leaves the step unsettled, and the resumed run begins by settling it.
   */
  async *settle(): Events {
    const { validation, reducer } = this.#options;
    const store = this.#store;
    const state = this.#state;
    if (state.settled) return;
    if (reducer) await this.#meetIfDue(reducer);
    let isBest = false;
    if (validation && this.#isValidated(validation.perEpoch)) {
      const metrics = await this.#learner.withResult(() => this.#measure(validation.source));
      if (!metrics) return;
      this.#expectFinite(findNonFinite(prefixed('validation ', metrics)));
      isBest = this.#isBestSoFar(metrics.loss!);
      if (isBest) this.#bestWeights.keep(this.#learner.result);
      yield { type: 'validation', metrics, isBest, ...this.#position() };
    }
    const endsEpoch = state.step % state.batchesPerEpoch === 0;
    if (endsEpoch) {
      const metrics = averagesOf(state.epoch);
      state.epoch = newEpoch();
      if (reducer) await this.#expectEqualWorkers(reducer);
      yield { type: 'epoch', metrics, ...this.#position() };
    }
    state.settled = true;
    this.#isUnsaved = true;
    const isDue = isBest || endsEpoch || this.#isLastStep() || this.#isOutOfPatience();
    if (store && (isDue || this.#isEvery(this.#checkpointEvery))) {
      yield await this.#writeCheckpoint(store, isBest);
    }
  }

  /** Puts the final weights into the model and tests them; after an abort or a pause, only saves what is not saved yet. */
  async *finish(): Events {
    const { test } = this.#options;
    const store = this.#store;
    const { best, step } = this.#state;
    const isAborted = this.#isAborted();
    if (isAborted || this.#isPaused()) {
      if (store && this.#isUnsaved) yield await this.#writeCheckpoint(store, false);
      yield this.#done(isAborted ? 'aborted' : 'paused', 'last');
      return;
    }
    const { variables } = this.#learner;
    if (best) await this.#bestWeights.use(best.step, weights => this.#learner.assign(weights));
    else this.#learner.assign(this.#learner.average?.tensors() ?? {});
    this.#expectFinite(await findNonFiniteTensor({ ...variables }));
    const weights = best ? 'best' : 'last';
    if (test) {
      const metrics = await this.#measure(test);
      if (!metrics) {
        yield this.#done('aborted', weights);
        return;
      }
      this.#expectFinite(findNonFinite(prefixed('test ', metrics)));
      yield { type: 'test', metrics, ...this.#position() };
    }
    yield this.#done(step < this.#totalSteps ? 'early' : 'finished', weights);
  }

  /** Frees everything but the model. The source is where it was after the last step. */
  async close(): Promise<void> {
    await this.#batches.close();
    this.#learner.dispose();
    this.#bestWeights.dispose();
  }

  /** Of several workers only the first one keeps checkpoints. */
  get #store(): CheckpointStore | undefined {
    const { store, reducer } = this.#options;
    return reducer && reducer.rank > 0 ? undefined : store;
  }

  /** Moves the weights by one batch, of which it disposes. */
  #takeStep(batch: B): Step {
    const { optimizer } = this.#learner;
    try {
      return applyGradients(this.#gradientsOf(batch), optimizer, this.#options.clipNorm);
    } finally {
      batch.dispose();
    }
  }

  #gradientsOf(batch: B): Step {
    const { trained, untrained } = this.#learner;
    return computeInParts(this.#trainable, batch, {
      trained,
      untrained,
      parts: this.#options.accumulate ?? 1,
    });
  }

  /** The same, with the other workers; the next batch is made while they exchange gradients. */
  async #takeStepTogether(batch: B, reducer: Reducer): Promise<Step> {
    const { untrained, optimizer } = this.#learner;
    let own: Step;
    let weight: number;
    try {
      const share = shareOf(batch, reducer);
      try {
        weight = share.count / batch.count;
        own = this.#gradientsOf(share);
      } finally {
        share.dispose();
      }
    } finally {
      batch.dispose();
    }
    const isAsked = this.#options.signal?.aborted ?? false;
    const averaging = averageStep(own, untrained, { reducer, weight, isAsked });
    if (this.#state.step + 1 < this.#totalSteps) this.#batches.prepare();
    const averaged = await averaging;
    this.#isAskedToStop ||= averaged.isAsked;
    return applyGradients(averaged.step, optimizer, this.#options.clipNorm);
  }

  /** A worker's rows of a batch, instead of the batch. */
  #shareOf(batch: B, reducer: Reducer): B {
    try {
      return shareOf(batch, reducer);
    } finally {
      batch.dispose();
    }
  }

  /**
   * Of workers that take steps apart: brings them together when they have taken as many as they may, or when something follows that
   * is of all. Only then do they hear that one is asked to stop: a run that has stopped elsewhere would not go on as if it never had.
   */
  async #meetIfDue(reducer: Reducer): Promise<void> {
    const apart = this.#apart;
    // Not one, where each step is that of all, or a run has just been resumed.
    if (apart.steps === 0) return;
    const { localSteps = 1, validation, signal } = this.#options;
    const { step, batchesPerEpoch, epoch } = this.#state;
    const follows =
      (validation && this.#isValidated(validation.perEpoch)) ||
      step % batchesPerEpoch === 0 ||
      this.#isLastStep() ||
      this.#isEvery(this.#checkpointEvery);
    if (apart.steps < localSteps && !follows) return;
    apart.steps = 0;
    const isAsked = await meet(this.#learner, { reducer, follows, isAsked: signal?.aborted ?? false });
    if (!follows) return;
    this.#isAskedToStop ||= isAsked;
    for (const text of await reducer.gather(JSON.stringify(apart.epoch)))
      mergeEpochs(epoch, JSON.parse(text));
    apart.epoch = newEpoch();
  }

  #position(): { readonly step: number; readonly epoch: number } {
    const { step, batchesPerEpoch } = this.#state;
    return { step, epoch: epochOf(step, batchesPerEpoch) };
  }

  #isAborted(): boolean {
    const { reducer, signal } = this.#options;
    return reducer ? this.#isAskedToStop : (signal?.aborted ?? false);
  }

  #isLastStep(): boolean {
    return this.#state.step >= this.#totalSteps;
  }

  /** One that has come to its end before, or at that very step, is over. */
  #isPaused(): boolean {
    const { pauseAfter = Number.POSITIVE_INFINITY } = this.#options;
    return this.#state.step >= pauseAfter && !this.#isLastStep() && !this.#isOutOfPatience();
  }

  #isOutOfPatience(): boolean {
    const { patience = Number.POSITIVE_INFINITY } = this.#options.validation ?? {};
    return this.#state.withoutImprovement >= patience;
  }

  #isValidated(perEpoch = 5): boolean {
    return this.#isLastStep() || isSpread(this.#state.step, perEpoch, this.#state.batchesPerEpoch);
  }

  #isEvery(steps: number | undefined): boolean {
    return steps !== undefined && this.#state.step % steps === 0;
  }

  #learningRate(): number {
    const { step } = this.#state;
    const rate = this.#schedule(step, this.#totalSteps);
    if (rate >= 0 && Number.isFinite(rate)) return rate;
    throw new CapsnetError(
      'invalid-argument',
      `train: expected schedule to give a rate of 0 or above, found ${rate} for step ${step} (of 0 to ${this.#totalSteps - 1})`,
    );
  }

  /** Counts a validation, for the best weights and for the patience. */
  #isBestSoFar(loss: number): boolean {
    const state = this.#state;
    const isBest = !state.best || loss < state.best.loss;
    if (isBest) state.best = { step: state.step, loss };
    state.withoutImprovement = isBest ? 0 : state.withoutImprovement + 1;
    return isBest;
  }

  /** Null if it was aborted. */
  async #measure(source: BatchSource<B>): Promise<Metrics | null> {
    const { signal, reducer } = this.#options;
    if (reducer) {
      const metrics = await evaluateTogether(this.#trainable, source, { reducer, signal });
      if (!metrics) this.#isAskedToStop = true;
      return metrics;
    }
    try {
      return await evaluate(this.#trainable, source, { signal });
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return null;
      throw error;
    }
  }

  #done(reason: Extract<TrainEvent, { type: 'done' }>['reason'], weights: 'best' | 'last'): TrainEvent {
    const { best } = this.#state;
    return { type: 'done', reason, weights, best: best && { ...best }, ...this.#position() };
  }

  /** Nothing that is not finite is written: a checkpoint is a place to go on from. */
  async #writeCheckpoint(store: CheckpointStore, isBest: boolean): Promise<TrainEvent> {
    const { step } = this.#state;
    const tensors = this.#learner.tensors();
    try {
      this.#expectFinite(
        await findNonFiniteTensor({
          ...tensors.weights,
          ...prefixed('moving average of ', tensors.average ?? {}),
          ...prefixed('optimiser state ', tensors.optimizer),
        }),
      );
      const state = { ...this.#state, source: this.#batches.state() };
      this.#lastCheckpoint = await store.write({ ...tensors, state }, { step, isBest });
    } finally {
      tf.dispose(tensors.optimizer);
    }
    this.#isUnsaved = false;
    return { type: 'checkpoint', name: this.#lastCheckpoint, ...this.#position() };
  }

  async #resume(store: CheckpointStore): Promise<{ resumedFrom: string | null; damaged: Damaged[] }> {
    const { found, damaged } = await newestIntact(store);
    if (!found) return { resumedFrom: null, damaged };
    const { name, checkpoint, run: saved } = found;
    const { fingerprint, batchesPerEpoch } = this.#state;
    const { readFingerprint = saved => saved } = this.#options;
    try {
      const differing = [
        ...differenceLines(readFingerprint(saved.fingerprint), fingerprint, 'fingerprint'),
        ...differenceLines(saved.batchesPerEpoch, batchesPerEpoch, 'batches per epoch'),
        ...this.#learner.differencesFrom(checkpoint),
      ];
      if (differing.length > 0) throw new WrongFingerprint(name, differing);
      try {
        this.#batches.restore(saved.source);
        this.#learner.restore(checkpoint);
      } catch (cause) {
        throw new WrongFingerprint(name, [(cause as Error).message], { cause });
      }
    } finally {
      disposeCheckpoint(checkpoint);
    }
    this.#state = { ...saved, fingerprint };
    const { patienceFrom = 0 } = this.#options.validation ?? {};
    if (saved.step <= patienceFrom) this.#state.withoutImprovement = 0;
    this.#lastCheckpoint = name;
    if (saved.best && !(await bestIsIntact(store, saved.best.step, damaged))) {
      this.#state.best = null;
      this.#state.withoutImprovement = 0;
    }
    return { resumedFrom: name, damaged };
  }

  async #expectSameTraining(reducer: Reducer): Promise<void> {
    const { fingerprint, batchesPerEpoch } = this.#state;
    const { variables, average } = this.#learner;
    await expectSameTraining(reducer, {
      steps: this.#totalSteps,
      'local steps': this.#options.localSteps ?? 1,
      'batches per epoch': batchesPerEpoch,
      variables: Object.fromEntries(Object.entries(variables).map(([name, { shape }]) => [name, shape])),
      'moving average': average !== undefined,
      fingerprint,
    });
  }

  /** Takes over what the first worker begins or goes on with, unless this is the first. */
  async #beginWithFirst(
    reducer: Reducer,
    { resumedFrom, damaged }: { resumedFrom: string | null; damaged: Damaged[] },
  ): Promise<{ resumedFrom: string | null; damaged: Damaged[] }> {
    const own = this.#learner.tensors();
    const state = { ...this.#state, source: this.#batches.state() };
    const note = {
      resumedFrom,
      damaged: damaged.map(each => ({ ...each })),
      state,
      checkpointEvery: this.#checkpointEvery ?? null,
    } satisfies Json;
    const begun = await beginTogether(reducer, {
      note,
      tensors: {
        ...own.weights,
        ...prefixed('optimizer ', own.optimizer),
        ...prefixed('average ', own.average ?? {}),
      },
    });
    tf.dispose(own.optimizer);
    this.#checkpointEvery = begun.note.checkpointEvery ?? undefined;
    if (reducer.rank > 0) {
      const of = (tensors: NamedTensors, prefix: string) =>
        Object.fromEntries(Object.keys(tensors).map(name => [name, begun.tensors[`${prefix}${name}`]!]));
      this.#learner.restore({
        weights: of(own.weights, ''),
        optimizer: of(own.optimizer, 'optimizer '),
        average: own.average && of(own.average, 'average '),
        state: {},
      });
      this.#batches.restore(begun.note.state.source);
      this.#state = begun.note.state;
    }
    tf.dispose(begun.tensors);
    return { resumedFrom: begun.note.resumedFrom, damaged: begun.note.damaged };
  }

  async #expectEqualWorkers(reducer: Reducer): Promise<void> {
    const { weights, optimizer, average } = this.#learner.tensors();
    try {
      await expectEqualWorkers(
        reducer,
        { ...weights, ...prefixed('optimizer ', optimizer), ...prefixed('average ', average ?? {}) },
        this.#state.step,
      );
    } finally {
      tf.dispose(optimizer);
    }
  }

  #expectFinite(found: NonFinite | null): void {
    if (!found) return;
    throw new NonFiniteLoss({
      ...this.#position(),
      batch: batchOf(this.#state.step, this.#state.batchesPerEpoch),
      metric: found.name,
      value: found.value,
      lastCheckpoint: this.#lastCheckpoint,
    });
  }
}
