import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../test/memory-store';
import { bits, fixedPoints, network, type Points, trainingPoints, variableOf } from '../../test/network';
import { DamagedCheckpoint } from '../checkpoints/checkpoint';
import { WrongFingerprint } from '../checkpoints/wrong-fingerprint';
import { evaluate } from '../evaluation/evaluate';
import type { BatchSource, Json, Optimizer, Trainable } from '../interfaces';
import { constant } from '../schedules/constant';
import { cosine } from '../schedules/cosine';
import type { TrainEvent } from './events';
import { NonFiniteLoss } from './non-finite-loss';
import { train } from './train';
import type { TrainOptions } from './train-options';

type Options = TrainOptions<Points>;
type Of<T extends TrainEvent['type']> = Extract<TrainEvent, { type: T }>;

let model: ReturnType<typeof network>;
let before = 0;
beforeEach(() => {
  model = network();
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  model.dispose();
});

const schedule = constant(0.05);

/** Everything at once: 2 epochs of 6 steps, validated after 3 and 6. */
const everything = (): Options => ({
  epochs: 2,
  schedule: step => 0.1 / (1 + step),
  clipNorm: 0.02,
  averageDecay: 0.8,
  validation: { source: fixedPoints().source, perEpoch: 2 },
  test: fixedPoints({ seed: 9, count: 12 }).source,
  fingerprint: { hidden: 8 },
});

async function collect(events: AsyncIterable<TrainEvent>, until = (_: TrainEvent) => false) {
  const collected: TrainEvent[] = [];
  for await (const event of events) {
    collected.push(event);
    if (until(event)) break;
  }
  return collected;
}

function only<T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T): Of<T>[] {
  return events.filter((event): event is Of<T> => event.type === type);
}

const atStep = (step: number) => (event: TrainEvent) => event.type === 'step' && event.step === step;

async function failure(events: AsyncIterable<TrainEvent>): Promise<{ events: TrainEvent[]; error: unknown }> {
  const collected: TrainEvent[] = [];
  try {
    for await (const event of events) collected.push(event);
  } catch (error) {
    return { events: collected, error };
  }
  throw new Error('the run did not fail');
}

/** Trains and aborts at a step. */
function abortAt(step: number, source: BatchSource<Points>, options: Options, trainable: Trainable<Points>) {
  const abort = new AbortController();
  return collect(train(trainable, source, { ...options, signal: abort.signal }), event => {
    if (atStep(step)(event)) abort.abort();
    return false;
  });
}

describe('events', () => {
  it('come in order, and the model learns', async () => {
    const test = fixedPoints({ seed: 9, count: 100 });
    const events = await collect(
      train(model, trainingPoints(), {
        epochs: 30,
        schedule,
        validation: { source: fixedPoints().source, perEpoch: 2 },
        test: test.source,
      }),
    );
    expect(events.slice(0, 10).map(({ type }) => type)).toEqual([
      'start',
      ...['step', 'step', 'step', 'validation', 'step', 'step', 'step', 'validation', 'epoch'],
    ]);
    expect(events[0]).toEqual({
      type: 'start',
      step: 0,
      totalSteps: 180,
      stepsPerEpoch: 6,
      resumedFrom: null,
      damaged: [],
    });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['test', 'done']);
    expect(only(events, 'test')[0]!.metrics.accuracy).toBeGreaterThan(0.8);
    expect(only(events, 'step').map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: 180 }, (_, i) => Math.floor(i / 6) + 1),
    );
  });

  it('give the average of each epoch, and each step’s learning rate', async () => {
    const events = await collect(
      train(model, trainingPoints(), { epochs: 2, schedule: step => 0.01 / (step + 1) }),
    );
    const steps = only(events, 'step');
    expect(steps.map(({ learningRate }) => learningRate)).toEqual(steps.map((_, i) => 0.01 / (i + 1)));
    only(events, 'epoch').forEach(({ metrics, epoch }, i) => {
      expect(epoch).toBe(i + 1);
      const losses = steps.slice(i * 6, i * 6 + 6).map(({ metrics }) => metrics.loss!);
      expect(metrics.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss) / 6, 12);
    });
    expect(events.at(-1)).toEqual({
      type: 'done',
      reason: 'finished',
      weights: 'last',
      best: null,
      step: 12,
      epoch: 2,
    });
  });

  it.each([
    { perEpoch: 1, at: [6, 12] },
    { perEpoch: 4, at: [2, 3, 5, 6, 8, 9, 11, 12] },
    { perEpoch: 50, at: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
  ])('validate $perEpoch times an epoch', async ({ perEpoch, at }) => {
    const events = await collect(
      train(model, trainingPoints(), { epochs: 2, validation: { source: fixedPoints().source, perEpoch } }),
    );
    expect(only(events, 'validation').map(({ step }) => step)).toEqual(at);
  });

  it('end after maxSteps, with a validation', async () => {
    const store = memoryStore();
    const validation = { source: fixedPoints().source, perEpoch: 1 };
    const events = await collect(
      train(model, trainingPoints(), { epochs: 9, maxSteps: 8, validation, store }),
    );
    expect(only(events, 'validation').map(({ step }) => step)).toEqual([6, 8]);
    expect(only(events, 'checkpoint').map(({ step }) => step)).toEqual([6, 8]);
    expect(only(events, 'done')[0]).toMatchObject({ reason: 'finished', step: 8, epoch: 2 });
  });

  it('hand out gradients and variables on inspected steps', async () => {
    let seen: string[][] = [];
    const events = await collect(
      train(model, trainingPoints(), { epochs: 1, inspectEvery: 4, clipNorm: 1e-6 }),
      event => {
        if (event.type === 'inspection') {
          seen = [Object.keys(event.gradients), Object.keys(event.variables)];
          const squares = Object.values(event.gradients).flatMap(gradient =>
            Array.from(gradient.dataSync(), value => value ** 2),
          );
          // As they were before clipping.
          expect(Math.sqrt(squares.reduce((sum, square) => sum + square))).toBeGreaterThan(1e-3);
        }
        return false;
      },
    );
    expect(only(events, 'inspection').map(({ step }) => step)).toEqual([4]);
    expect(seen).toEqual([
      ['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias'],
      ['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias', 'scale'],
    ]);
  });
});

describe('one step', () => {
  /** Loss w . x, whose gradient is x. */
  function linear(w: tf.Variable) {
    const x = [3, 4];
    const trainable: Trainable<Points> = {
      variables: { w },
      loss: () => ({ loss: tf.sum(tf.mul(w, x)) as tf.Scalar, metrics: {} }),
      evaluate: () => ({ loss: tf.zeros([8]) }),
    };
    return trainable;
  }

  /** An optimiser that only subtracts: what it was given can be read off the weights. */
  const subtracting =
    (names: string[][] = []) =>
    (
      variables: Options['optimizer'] extends infer F
        ? Parameters<Extract<F, (..._: never[]) => unknown>>[0]
        : never,
    ) => {
      const optimizer: Optimizer = {
        learningRate: 0,
        apply(gradients) {
          names.push(Object.keys(gradients));
          tf.tidy(() => {
            for (const [name, gradient] of Object.entries(gradients)) {
              variables[name]!.assign(tf.sub(variables[name]!, tf.mul(gradient, this.learningRate)));
            }
          });
        },
        state: () => ({}),
        restore() {},
        dispose() {},
      };
      return optimizer;
    };

  it.each([
    { clipNorm: undefined, expected: [1 - 3 * 0.5, 1 - 4 * 0.5] },
    { clipNorm: 10, expected: [1 - 3 * 0.5, 1 - 4 * 0.5] },
    { clipNorm: 1, expected: [1 - 0.6 * 0.5, 1 - 0.8 * 0.5] },
  ])('moves by the gradient, clipped to $clipNorm', async ({ clipNorm, expected }) => {
    const w = variableOf([1, 1]);
    await collect(
      train(linear(w), trainingPoints(), {
        epochs: 1,
        maxSteps: 1,
        clipNorm,
        schedule: constant(0.5),
        optimizer: subtracting(),
      }),
    );
    expect(w).toBeAllClose(expected);
    w.dispose();
  });

  it('updates the trainable variables alone, by their own names', async () => {
    const names: string[][] = [];
    const scale = bits({ scale: model.variables.scale! });
    const events = train(model, trainingPoints(), { epochs: 1, maxSteps: 1, optimizer: subtracting(names) });
    await collect(events);
    expect(names).toEqual([['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias']]);
    expect(bits({ scale: model.variables.scale! })).toEqual(scale);
  });

  it('ends with the moving average where one is kept', async () => {
    const w = variableOf([1, 1]);
    await collect(
      train(linear(w), trainingPoints(), {
        epochs: 1,
        maxSteps: 3,
        averageDecay: 0.5,
        schedule: constant(1),
        optimizer: subtracting(),
      }),
    );
    // After the steps the weights are 1 - 3 t, averaged by 1, 2 and 4 of 7.
    const mean = (1 * 1 + 2 * 2 + 4 * 3) / 7;
    expect(w).toBeAllClose([1 - 3 * mean, 1 - 4 * mean]);
    w.dispose();
  });
});

describe('the best weights', () => {
  it.each(['in memory', 'in a store'])('are kept %s, tested, and in the model at the end', async place => {
    const validation = fixedPoints();
    const test = fixedPoints({ seed: 9, count: 30 });
    const store = place === 'in a store' ? memoryStore() : undefined;
    const after: Record<string, ReturnType<typeof bits>> = {};
    // A rate that grows until it spoils everything.
    const events = await collect(
      train(model, trainingPoints(), {
        epochs: 4,
        schedule: step => 0.01 * 1.5 ** step,
        validation: { source: validation.source, perEpoch: 3 },
        test: test.source,
        store,
      }),
      event => {
        if (event.type === 'validation') after[event.step] = bits(model.variables);
        return false;
      },
    );
    const validations = only(events, 'validation');
    const best = validations.reduce((a, b) => (b.metrics.loss! < a.metrics.loss! ? b : a));
    expect(best.step).toBeLessThan(24);
    const [done] = only(events, 'done');
    expect(done).toMatchObject({ weights: 'best', best: { step: best.step, loss: best.metrics.loss } });
    expect(bits(model.variables)).toEqual(after[best.step]);
    expect(await evaluate(model, validation.source)).toEqual(best.metrics);
    expect(await evaluate(model, test.source)).toEqual(only(events, 'test')[0]!.metrics);
    let lowest = Number.POSITIVE_INFINITY;
    for (const { metrics, isBest } of validations) {
      expect(isBest).toBe(metrics.loss! < lowest);
      lowest = Math.min(lowest, metrics.loss!);
    }
    if (store) expect(store.names()).toContain(`best-${best.step}`);
  });

  it('are the moving average’s, while training goes on from the weights themselves', async () => {
    const validation = fixedPoints();
    const averaged = await collect(
      train(model, trainingPoints(), {
        epochs: 2,
        schedule,
        averageDecay: 0.9,
        validation: { source: validation.source },
      }),
    );
    const [done] = only(averaged, 'done');
    expect((await evaluate(model, validation.source)).loss).toBe(done!.best!.loss);

    const plain = network();
    const without = await collect(
      train(plain, trainingPoints(), { epochs: 2, schedule, validation: { source: validation.source } }),
    );
    plain.dispose();
    expect(only(averaged, 'step')).toEqual(only(without, 'step'));
    expect(only(averaged, 'validation')).not.toEqual(only(without, 'validation'));
  });

  it('end the run early when nothing better comes', async () => {
    const store = memoryStore();
    const options: Options = {
      epochs: 50,
      schedule: step => 0.01 * 1.5 ** step,
      validation: { source: fixedPoints().source, perEpoch: 3, patience: 4 },
      store,
    };
    const events = await collect(train(model, trainingPoints(), options));
    const validations = only(events, 'validation');
    const best = validations.findLastIndex(({ isBest }) => isBest);
    expect(validations.length - 1 - best).toBe(4);
    const [done] = only(events, 'done');
    expect(done).toMatchObject({ reason: 'early', weights: 'best', step: validations.at(-1)!.step });
    // The end is kept, so that a resumed run knows that it is over.
    const again = await collect(train(model, trainingPoints(), { ...options, resume: true }));
    expect(again.map(({ type }) => type)).toEqual(['start', 'done']);
    expect(again.at(-1)).toEqual(done);
  });
});

/** The network, whose validations have these losses one after the other. */
function validatedWith(losses: readonly number[]): Trainable<Points> {
  let validations = 0;
  return { ...model, evaluate: () => ({ loss: tf.fill([8], losses[validations++]!) as tf.Tensor1D }) };
}

it.each([
  // An improvement in between begins the patience anew.
  { patience: 2, losses: [4, 5, 3, 6, 7, 1], best: 3, end: 5 },
  { patience: 2, losses: [4, 5, 6, 1], best: 1, end: 3 },
  // As low as the lowest is no improvement.
  { patience: 2, losses: [4, 4, 4, 1], best: 1, end: 3 },
  { patience: 1, losses: [4, 3, 2, 2, 1], best: 3, end: 4 },
  { patience: undefined, losses: [4, 5, 6, 7, 8, 9], best: 1, end: 6 },
])(
  'with patience $patience losses $losses end after $end validations',
  async ({ patience, losses, best, end }) => {
    const validation = { source: fixedPoints({ count: 8 }).source, perEpoch: 1, patience };
    const events = await collect(
      train(validatedWith(losses), trainingPoints(), { epochs: losses.length, validation }),
    );
    expect(only(events, 'done')[0]).toMatchObject({
      reason: end < losses.length ? 'early' : 'finished',
      epoch: end,
      best: { step: 6 * best, loss: losses[best - 1] },
    });
  },
);

describe('the learning rate', () => {
  it('falls along a cosine over all steps of the run by default, down to its end', async () => {
    const events = await collect(train(model, trainingPoints(), { epochs: 3, maxSteps: 15 }));
    const rates = only(events, 'step').map(({ learningRate }) => learningRate);
    expect(rates).toEqual(Array.from({ length: 15 }, (_, step) => cosine({ steps: 15 })(step, 15)));
    expect([rates[0], rates[14]]).toEqual([1e-3, 1e-5]);
  });

  it('is given by a function of the step and of how many there are', async () => {
    const seen: number[][] = [];
    const schedule = (step: number, totalSteps: number) => {
      seen.push([step, totalSteps]);
      return 0.01;
    };
    await collect(train(model, trainingPoints(), { epochs: 9, maxSteps: 3, schedule }));
    expect(seen).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  it.each([Number.NaN, Infinity, -0.1])(
    'of %d stops the run at its step, and names the schedule',
    async rate => {
      const schedule = (step: number) => (step < 2 ? 0.01 : rate);
      const { events, error } = await failure(train(model, trainingPoints(), { epochs: 1, schedule }));
      expect(events.at(-1)).toMatchObject({ type: 'step', step: 2 });
      expect(error).toMatchObject({
        code: 'invalid-argument',
        message: `train: expected schedule to give a rate of 0 or above, found ${rate} for step 2 (of 0 to 5)`,
      });
    },
  );
});

describe('a resumed run', () => {
  it.each([1, 3, 5, 6, 12])('that was aborted at step %i ends as if never interrupted', async step => {
    const whole = memoryStore();
    const expected = await collect(train(model, trainingPoints(), { ...everything(), store: whole }));
    const final = bits(model.variables);

    const halves = memoryStore();
    const source = trainingPoints();
    const first = network();
    const begun = await abortAt(step, source, { ...everything(), store: halves }, first);
    first.dispose();
    expect(begun.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', weights: 'last', step });
    expect(only(begun, 'test')).toEqual([]);

    // Everything comes from the checkpoint: this model and these data begin elsewhere.
    const second = network({ seed: 1234 });
    const rest = await collect(
      train(second, trainingPoints({ seed: 99 }), { ...everything(), store: halves, resume: true }),
    );
    expect(rest[0]).toMatchObject({
      type: 'start',
      step,
      resumedFrom: halves.names().find(n => n.endsWith(`-${step}`)),
    });
    const trained = (events: TrainEvent[]) =>
      events.filter(({ type }) => ['step', 'validation', 'epoch'].includes(type));
    expect([...trained(begun), ...trained(rest)]).toEqual(trained(expected));
    expect(rest.slice(-2)).toEqual(expected.slice(-2));
    expect(bits(second.variables)).toEqual(final);
    expect(halves.newest()).toEqual(whole.newest());
    second.dispose();
  });

  it('that was left without a word goes on from its last checkpoint', async () => {
    const expected = await collect(train(model, trainingPoints(), everything()));
    const final = bits(model.variables);
    const store = memoryStore();
    const first = network();
    await collect(train(first, trainingPoints(), { ...everything(), store, checkpointEvery: 4 }), atStep(10));
    first.dispose();
    const second = network({ seed: 5 });
    const rest = await collect(
      train(second, trainingPoints({ seed: 99 }), { ...everything(), store, resume: true }),
    );
    expect(only(rest, 'start')[0]!.step).toBe(9);
    expect(rest.slice(-2)).toEqual(expected.slice(-2));
    expect(bits(second.variables)).toEqual(final);
    second.dispose();
  });

  it.each([1, 3, 4, 6, 9])('that paused after step %i ends as if it never had', async step => {
    const whole = memoryStore();
    const expected = await collect(train(model, trainingPoints(), { ...everything(), store: whole }));
    const store = memoryStore();
    const first = network();
    const paused = { ...everything(), store, pauseAfter: step };
    const begun = await collect(train(first, trainingPoints(), paused));
    expect(begun.at(-1)).toMatchObject({ type: 'done', reason: 'paused', weights: 'last', step });
    // What follows the step has been done: anyone who waits there knows the result.
    const upTo = (events: TrainEvent[]) => only(events, 'validation').filter(each => each.step <= step);
    expect(only(begun, 'validation')).toEqual(upTo(expected));
    expect(only(begun, 'epoch')).toEqual(only(expected, 'epoch').filter(each => each.step <= step));
    // Once more, it has nothing to do.
    const again = await collect(train(first, trainingPoints(), { ...paused, resume: true }));
    expect(again.map(({ type }) => type)).toEqual(['start', 'done']);
    first.dispose();

    const second = network({ seed: 1234 });
    const rest = await collect(
      train(second, trainingPoints({ seed: 99 }), { ...everything(), store, resume: true }),
    );
    const after = (events: TrainEvent[]) => events.filter(each => each.type === 'step' && each.step > step);
    expect(rest.filter(({ type }) => type === 'step')).toEqual(after(expected));
    expect(rest.slice(-2)).toEqual(expected.slice(-2));
    expect(bits(second.variables)).toEqual(bits(model.variables));
    second.dispose();
  });

  it('that has come to its end does not pause there', async () => {
    const events = await collect(train(model, trainingPoints(), { ...everything(), pauseAfter: 12 }));
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'finished', step: 12 });
  });

  it('that was aborted during a validation does it again', async () => {
    const expected = await collect(train(model, trainingPoints(), everything()));
    const final = bits(model.variables);
    const store = memoryStore();
    const abort = new AbortController();
    const { source } = fixedPoints();
    let batches = 0;
    const aborting: typeof source = {
      ...source,
      next() {
        // 3 batches in each: this is within the second validation, at the end of the first epoch.
        if (++batches === 5) abort.abort();
        return source.next();
      },
    };
    const options = { ...everything(), store };
    const first = network();
    const begun = await collect(
      train(first, trainingPoints(), {
        ...options,
        validation: { source: aborting, perEpoch: 2 },
        signal: abort.signal,
      }),
    );
    expect(begun.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 6 },
      { type: 'done', reason: 'aborted' },
    ]);
    expect(only(begun, 'validation')).toHaveLength(1);
    first.dispose();
    const second = network();
    const rest = await collect(train(second, trainingPoints(), { ...options, resume: true }));
    expect(rest.slice(0, 3).map(({ type }) => type)).toEqual(['start', 'validation', 'epoch']);
    expect(rest.slice(-2)).toEqual(expected.slice(-2));
    expect(bits(second.variables)).toEqual(final);
    second.dispose();
  });

  it('that was over only emits its end again', async () => {
    const store = memoryStore();
    const events = await collect(train(model, trainingPoints(), { ...everything(), store }));
    const names = store.names();
    const other = network({ seed: 5 });
    const again = await collect(train(other, trainingPoints(), { ...everything(), store, resume: true }));
    expect(again.map(({ type }) => type)).toEqual(['start', 'test', 'done']);
    expect(again.slice(-2)).toEqual(events.slice(-2));
    expect(bits(other.variables)).toEqual(bits(model.variables));
    expect(store.names()).toEqual(names);
    other.dispose();
  });

  it('starts from the beginning if there is no checkpoint', async () => {
    const events = await collect(
      train(model, trainingPoints(), { epochs: 1, store: memoryStore(), resume: true }),
    );
    expect(events[0]).toMatchObject({ step: 0, resumedFrom: null, damaged: [] });
  });

  it('names a damaged checkpoint and goes on from the one before', async () => {
    const options = { ...everything(), validation: undefined };
    await collect(train(model, trainingPoints(), options));
    const final = bits(model.variables);
    const store = memoryStore();
    const first = network();
    await abortAt(9, trainingPoints(), { ...options, store }, first);
    first.dispose();
    expect(store.names()).toEqual(['step-6', 'step-9']);
    store.damage('step-9');
    const second = network({ seed: 5 });
    const events = await collect(train(second, trainingPoints(), { ...options, store, resume: true }));
    expect(events[0]).toMatchObject({
      step: 6,
      resumedFrom: 'step-6',
      damaged: [{ name: 'step-9', reason: 'step-9: a digest does not fit' }],
    });
    expect(bits(second.variables)).toEqual(final);
    second.dispose();
  });

  it('names all checkpoints if all are damaged', async () => {
    const store = memoryStore();
    await collect(train(model, trainingPoints(), { epochs: 2, store }));
    for (const name of store.names()) store.damage(name);
    const { error } = await failure(train(model, trainingPoints(), { epochs: 2, store, resume: true }));
    expect(error).toBeInstanceOf(DamagedCheckpoint);
    expect((error as Error).message).toMatch(/step-12 \(.*\); step-6 \(.*\)/);
  });

  it('takes a state that is not a run’s for damage', async () => {
    const store = memoryStore();
    const kernel = tf.zeros([2]);
    await store.write(
      { weights: { kernel }, optimizer: {}, average: null, state: { step: -1 } },
      { step: 1, isBest: false },
    );
    kernel.dispose();
    const { error } = await failure(train(model, trainingPoints(), { epochs: 2, store, resume: true }));
    expect(error).toBeInstanceOf(DamagedCheckpoint);
    expect((error as Error).message).toContain('expected the state of a training run, found {"step":-1}');
  });

  it.each(['damaged', 'missing'])('whose best checkpoint is %s chooses the best anew', async how => {
    const store = memoryStore();
    const options: Options = {
      epochs: 3,
      // The best validation is the first.
      schedule: step => (step < 3 ? 0.01 : 3),
      validation: { source: fixedPoints().source, perEpoch: 2 },
      store,
    };
    await abortAt(10, trainingPoints(), options, model);
    const best = store.names().find(name => name.startsWith('best'))!;
    if (how === 'damaged') store.damage(best);
    else store.remove(best);
    const events = await collect(train(model, trainingPoints(), { ...options, resume: true }));
    expect(only(events, 'start')[0]!.damaged).toEqual(
      how === 'damaged'
        ? [{ name: best, reason: `${best}: a digest does not fit` }]
        : [{ name: 'best of step 3', reason: expect.stringContaining('missing') }],
    );
    expect(only(events, 'validation')[0]!.isBest).toBe(true);
    expect(only(events, 'done')[0]!.best!.step).toBeGreaterThan(10);
  });

  it('that ended early goes on if its best checkpoint is lost', async () => {
    const store = memoryStore();
    const validation = { source: fixedPoints({ count: 8 }).source, perEpoch: 1, patience: 1 };
    const options: Options = { epochs: 4, validation, store };
    const begun = await collect(train(validatedWith([1, 2]), trainingPoints(), options));
    expect(begun.at(-1)).toMatchObject({ reason: 'early', step: 12 });
    store.remove(store.names().find(name => name.startsWith('best'))!);
    const rest = await collect(train(validatedWith([4, 3]), trainingPoints(), { ...options, resume: true }));
    expect(rest.at(-1)).toMatchObject({ reason: 'finished', best: { step: 24, loss: 3 } });
  });

  it('says at its end that the best checkpoint was damaged meanwhile', async () => {
    const store = memoryStore();
    const damaging = train(model, trainingPoints(), { ...everything(), store });
    let best = '';
    const { error } = await failure(
      (async function* () {
        for await (const event of damaging) {
          if (event.type === 'checkpoint') {
            best = store.names().find(name => name.startsWith('best'))!;
            store.damage(best);
          }
          yield event;
        }
      })(),
    );
    expect(error).toBeInstanceOf(DamagedCheckpoint);
    expect((error as Error).message).toContain(`the best checkpoint, ${best}, is damaged`);
  });
});

describe('a fingerprint', () => {
  it.each(['owner', 'fingerprint'])('that the checkpoint calls %s is compared', async key => {
    const store = memoryStore();
    await abortAt(4, trainingPoints(), { ...everything(), store }, model);
    const earlier = {
      ...store,
      async read(name: string) {
        const checkpoint = await store.read(name);
        const { fingerprint, ...state } = checkpoint.state;
        return { ...checkpoint, state: { ...state, [key]: fingerprint! } };
      },
    };
    const options = { ...everything(), store: earlier, resume: true };
    const { error } = await failure(
      train(model, trainingPoints(), { ...options, fingerprint: { hidden: 9 } }),
    );
    expect(error).toMatchObject({ differences: ['fingerprint.hidden: 8 in the checkpoint, 9 here'] });
    const events = await collect(train(model, trainingPoints(), options));
    expect(events[0]).toMatchObject({ step: 4 });
  });

  it('of an earlier version of the application is read as today', async () => {
    const store = memoryStore();
    await abortAt(4, trainingPoints(), { ...everything(), store }, model);
    const options = {
      ...everything(),
      store,
      resume: true,
      fingerprint: { units: 8 },
      readFingerprint: (saved: Json) => ({ units: (saved as { hidden: number }).hidden }),
    };
    const { error } = await failure(
      train(model, trainingPoints(), { ...options, fingerprint: { units: 9 } }),
    );
    expect(error).toMatchObject({ differences: ['fingerprint.units: 8 in the checkpoint, 9 here'] });
    await collect(train(model, trainingPoints(), options));
    // From now on it is written as it is today.
    const again = await collect(train(model, trainingPoints(), { ...options, readFingerprint: undefined }));
    expect(again[0]).toMatchObject({ step: 12 });
  });
});

describe('a checkpoint of another run is refused', () => {
  const refused = async (change: Partial<Options>, trainable = model, source = trainingPoints()) => {
    const store = memoryStore();
    await abortAt(4, trainingPoints(), { ...everything(), store }, model);
    const weights = bits(trainable.variables);
    const { events, error } = await failure(
      train(trainable, source, { ...everything(), store, resume: true, ...change }),
    );
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(WrongFingerprint);
    expect(error).toMatchObject({ code: 'other-run' });
    expect(bits(trainable.variables)).toEqual(weights);
    return (error as WrongFingerprint).differences;
  };

  it('of another fingerprint', async () => {
    expect(await refused({ fingerprint: { hidden: 9 } })).toEqual([
      'fingerprint.hidden: 8 in the checkpoint, 9 here',
    ]);
  });

  it('of other weights', async () => {
    const other = network({ hidden: 9 });
    expect(await refused({}, other)).toContain(
      'hidden/kernel: float32 [2,8] in the checkpoint, float32 [2,9] here',
    );
    other.dispose();
  });

  it('with a moving average where none is kept', async () => {
    expect(await refused({ averageDecay: undefined })).toEqual([
      'moving average: true in the checkpoint, false here',
    ]);
  });

  it('of other data', async () => {
    const source = trainingPoints();
    const restore = () => {
      throw new RangeError('expected 60000 images, found 1000');
    };
    expect(await refused({}, model, { ...source, restore })).toEqual(['expected 60000 images, found 1000']);
    expect(await refused({}, model, trainingPoints({ batchesPerEpoch: 7 }))).toEqual([
      'batches per epoch: 6 in the checkpoint, 7 here',
    ]);
  });
});

describe('values that are not finite', () => {
  /** The network, with something wrong from a step on. */
  function spoilt(
    spoil: (values: ReturnType<Trainable<Points>['loss']>) => ReturnType<Trainable<Points>['loss']>,
  ) {
    let steps = 0;
    const trainable: Trainable<Points> = {
      ...model,
      loss: batch => (++steps < 8 ? model.loss(batch) : spoil(model.loss(batch))),
    };
    return trainable;
  }

  async function stopped(trainable: Trainable<Points>, options: Partial<Options> = {}) {
    const store = memoryStore();
    const { events, error } = await failure(
      train(trainable, trainingPoints(), { epochs: 3, schedule, store, ...options }),
    );
    expect(error).toBeInstanceOf(NonFiniteLoss);
    expect(error).toMatchObject({ code: 'not-finite' });
    // The checkpoints are of before, and intact.
    expect(store.names()).toEqual(['step-6']);
    for (const [name, { values }] of Object.entries(store.newest()!.weights)) {
      expect(values.every(Number.isFinite), name).toBe(true);
    }
    const resumed = await collect(
      train(model, trainingPoints(), { epochs: 3, schedule, store, resume: true }),
    );
    expect(resumed[0]).toMatchObject({ step: 6, damaged: [] });
    return { events, error: error as NonFiniteLoss };
  }

  it('stop the run at the loss', async () => {
    const { events, error } = await stopped(
      spoilt(({ loss, metrics }) => ({ loss: tf.mul(loss, Number.NaN), metrics })),
    );
    expect(events.at(-1)).toMatchObject({ type: 'step', step: 7 });
    expect(error).toMatchObject({
      step: 8,
      epoch: 2,
      batch: 2,
      metric: 'loss',
      value: Number.NaN,
      lastCheckpoint: 'step-6',
    });
    expect(error.message).toContain(
      'found loss NaN at step 8 (epoch 2, batch 2). The last checkpoint, step-6,',
    );
  });

  it('stop the run at another metric', async () => {
    const { error } = await stopped(
      spoilt(({ loss, metrics }) => ({
        loss,
        metrics: { ...metrics, margin: tf.scalar(Number.NEGATIVE_INFINITY) },
      })),
    );
    expect(error).toMatchObject({ step: 8, metric: 'margin', value: Number.NEGATIVE_INFINITY });
  });

  /** A finite loss whose gradient is not: sqrt at 0. */
  const unnoticed = () =>
    spoilt(({ loss, metrics }) => {
      const zeros = tf.sub(model.variables['out/kernel']!, model.variables['out/kernel']!);
      return { loss: tf.add(loss, tf.sum(tf.sqrt(zeros))), metrics };
    });

  it('stop the run at the norm of the gradients', async () => {
    const { error } = await stopped(unnoticed(), { clipNorm: 1 });
    expect(error).toMatchObject({ step: 8, metric: 'gradient norm' });
  });

  it('stop the run at the batch that holds them, even if no loss sees them', async () => {
    const points = trainingPoints();
    let made = 0;
    const source: typeof points = {
      ...points,
      async next() {
        const batch = await points.next();
        if (++made < 8) return batch;
        const spoilt = tf.tidy(() => tf.div<tf.Tensor2D>(batch.points, 0));
        batch.points.dispose();
        return { ...batch, points: spoilt, dispose: () => tf.dispose([spoilt, batch.labels]) };
      },
    };
    const blind: Trainable<Points> = {
      ...model,
      loss: batch => model.loss({ ...batch, points: tf.zerosLike(batch.points) }),
    };
    const { events, error } = await failure(train(blind, source, { epochs: 3 }));
    expect(only(events, 'step').at(-1)).toMatchObject({ step: 7 });
    expect(Object.keys(only(events, 'step').at(-1)!.metrics)).toEqual(['loss', 'accuracy']);
    expect(error).toMatchObject({ name: 'NonFiniteLoss', step: 8, batch: 2, metric: 'batch points' });
    expect((error as Error).message).toContain('The fault is in the data');
  });

  it('are never written, even if no loss shows them', async () => {
    const { events, error } = await stopped(unnoticed(), { checkpointEvery: 8 });
    expect(only(events, 'checkpoint').map(({ step }) => step)).toEqual([6]);
    expect(error.step).toBe(8);
    expect(error.metric).toContain('out/kernel');
  });

  it('are never what a run ends with', async () => {
    const { events, error } = await failure(train(unnoticed(), trainingPoints(), { epochs: 2, maxSteps: 8 }));
    expect(events.at(-1)).toMatchObject({ type: 'step', step: 8 });
    expect(error).toMatchObject({ name: 'NonFiniteLoss', metric: 'out/kernel', lastCheckpoint: null });
  });

  it('stop the run at a validation', async () => {
    let evaluations = 0;
    const trainable: Trainable<Points> = {
      ...model,
      evaluate(batch) {
        const { loss, accuracy } = model.evaluate(batch);
        return { loss: ++evaluations === 7 ? tf.mul(loss!, Number.NaN) : loss!, accuracy: accuracy! };
      },
    };
    const { error } = await failure(
      train(trainable, trainingPoints(), {
        epochs: 3,
        validation: { source: fixedPoints().source, perEpoch: 1 },
      }),
    );
    expect(error).toMatchObject({ step: 18, metric: 'validation loss', lastCheckpoint: null });
    expect((error as Error).message).toContain('There is no checkpoint yet');
  });
});

describe('nothing is left behind', () => {
  it('by ten steps or by a hundred', async () => {
    const counts: number[] = [];
    const options = {
      ...everything(),
      epochs: 17,
      inspectEvery: 5,
      store: memoryStore(),
      checkpointEvery: 7,
    };
    await collect(train(model, trainingPoints(), options), event => {
      if (atStep(10)(event) || atStep(100)(event)) counts.push(tf.memory().numTensors);
      return false;
    });
    expect(counts).toHaveLength(2);
    expect(counts[1]).toBe(counts[0]);
  });

  // The count of tensors is compared after each test.
  it.each(['start', 'step', 'inspection', 'validation', 'epoch', 'checkpoint', 'test', 'done'])(
    'when the consumer leaves at %s',
    async type => {
      const source = trainingPoints();
      const options = { ...everything(), inspectEvery: 2, store: memoryStore() };
      const events = await collect(train(model, source, options), event => event.type === type);
      expect(events.at(-1)!.type).toBe(type);
      // A batch made ahead of time does not count.
      const { made } = source.state() as { made: number };
      expect(made).toBe(only(events, 'step').at(-1)?.step ?? 0);
    },
  );

  it('when the data fail, at the step that needs them', async () => {
    const source = trainingPoints();
    let batches = 0;
    const failing: typeof source = {
      ...source,
      next: () => (++batches === 3 ? Promise.reject(new Error('no such file')) : source.next()),
    };
    const { events, error } = await failure(train(model, failing, everything()));
    expect(events.at(-1)).toMatchObject({ type: 'step', step: 2 });
    expect((error as Error).message).toBe('no such file');
  });

  it.each([undefined, 1])('when the loss does not depend on a variable (clipped to %s)', async clipNorm => {
    const unused = variableOf([1, 2]);
    const trainable = { ...model, variables: { ...model.variables, unused } };
    const { error } = await failure(train(trainable, trainingPoints(), { epochs: 1, clipNorm }));
    expect((error as Error).message).toContain('found none of "unused"');
    unused.dispose();
  });

  it('when the loss fails', async () => {
    const trainable: Trainable<Points> = {
      ...model,
      loss() {
        tf.zeros([3]);
        throw new Error('labels out of range');
      },
    };
    const { error } = await failure(train(trainable, trainingPoints(), everything()));
    expect((error as Error).message).toBe('labels out of range');
  });
});

it('gives the same bytes for the same seed', async () => {
  const store = memoryStore();
  const events = await collect(train(model, trainingPoints(), { ...everything(), store }));
  const [other, otherStore] = [network(), memoryStore()];
  const again = await collect(train(other, trainingPoints(), { ...everything(), store: otherStore }));
  expect(again).toEqual(events);
  expect(bits(other.variables)).toEqual(bits(model.variables));
  expect(otherStore.newest()).toEqual(store.newest());
  other.dispose();
});

it('goes on where each turn of the loop is a scope of tfjs, and learns the same', async () => {
  const options = () => ({ ...everything(), inspectEvery: 2, store: memoryStore() });
  await collect(train(model, trainingPoints(), options()));
  const expected = bits(model.variables);
  model.dispose();
  model = network();

  const events = train(model, trainingPoints(), options());
  const inspected: number[] = [];
  for (;;) {
    tf.engine().startScope();
    const { value: event, done } = await events.next();
    if (event?.type === 'inspection') {
      for (const gradient of Object.values(event.gradients)) inspected.push(gradient.dataSync().length);
    }
    tf.engine().endScope();
    if (done) break;
  }
  expect(bits(model.variables)).toEqual(expected);
  expect(inspected.length).toBeGreaterThan(0);
});

it('does nothing when aborted beforehand', async () => {
  const store = memoryStore();
  const weights = bits(model.variables);
  const events = await collect(
    train(model, trainingPoints(), { ...everything(), store, signal: AbortSignal.abort() }),
  );
  expect(events.map(({ type }) => type)).toEqual(['start', 'done']);
  expect(store.names()).toEqual([]);
  expect(bits(model.variables)).toEqual(weights);
});

it('stops by a signal that comes while it computes', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 0);
  const events = await collect(train(model, trainingPoints(), { epochs: 500, signal: abort.signal }));
  expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
});

it('refuses a store that another run has used', async () => {
  const store = memoryStore();
  await collect(train(model, trainingPoints(), { epochs: 1, store }));
  const { error } = await failure(train(model, trainingPoints(), { epochs: 1, store }));
  expect(error).toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('expected a store without checkpoints, found 1 up to step 6'),
  });
});

it.each<[string, Partial<Options>]>([
  ['epochs to be a positive integer, found 0', { epochs: 0 }],
  ['epochs to be a positive integer, found nothing', { epochs: undefined as never }],
  ['epochs to be a positive integer, found "2"', { epochs: '2' as never }],
  ['schedule to be a function of the step, such as cosine(), found 0.01', { schedule: 0.01 as never }],
  ['validation.source to be a source of batches, found nothing', { validation: {} as never }],
  ['store to keep checkpoints, as folderStore(path) does, found "runs"', { store: 'runs' as never }],
  ['maxSteps to be a positive integer, found 1.5', { maxSteps: 1.5 }],
  [
    'validation.patience to be a positive integer, found -1',
    { validation: { source: fixedPoints().source, patience: -1 } },
  ],
  ['clipNorm to be above 0, found 0', { clipNorm: 0 }],
  ['averageDecay to be above 0 and below 1, found 1', { averageDecay: 1 }],
  ['resume needs a store', { resume: true }],
  ['checkpointEvery needs a store', { checkpointEvery: 5 }],
])('refuses options before the first event is asked for: %s', (message, options) => {
  expect(() => train(model, trainingPoints(), { epochs: 1, ...options })).toThrow(
    expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
  );
});
