import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { memoryStore } from '../../test/memory-store';
import { bits, fixedPoints, network, type Points, trainingPoints } from '../../test/network';
import { reducers } from '../../test/reducers';
import { constant } from '../schedules/constant';
import type { TrainEvent } from '../training/events';
import { train } from '../training/train';
import type { TrainOptions } from '../training/train-options';
import { outerStep } from './outer-step';
import { shareOf } from './share';

type Options = TrainOptions<Points>;
type Network = ReturnType<typeof network>;

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

interface Trained {
  readonly models: Network[];
  readonly events: TrainEvent[][];
}

/** Trains with several workers, each of its own network, source and options. */
async function together(
  size: number,
  options: (rank: number) => Options,
  batches: Parameters<typeof trainingPoints>[0] = {},
  change: (rank: number, event: TrainEvent, model: Network) => void = () => {},
): Promise<Trained> {
  const models = Array.from({ length: size }, (_, rank) => network({ seed: 3 + rank }));
  const events = await Promise.all(
    reducers(size).map(async (reducer, rank) => {
      const model = models[rank]!;
      const seen: TrainEvent[] = [];
      for await (const event of train(model, trainingPoints(batches), { ...options(rank), reducer })) {
        seen.push(event);
        change(rank, event, model);
      }
      return seen;
    }),
  );
  return { models, events };
}

/** The same by one worker. */
async function alone(options: Options, batches: Parameters<typeof trainingPoints>[0] = {}) {
  const model = network();
  const events: TrainEvent[] = [];
  for await (const event of train(model, trainingPoints(batches), options)) events.push(event);
  return { model, events };
}

function disposeOf(models: readonly Network[]) {
  for (const model of models) model.dispose();
}

function metricsIn(events: readonly TrainEvent[]) {
  return events.flatMap(event =>
    event.type === 'step' || event.type === 'validation' || event.type === 'test' || event.type === 'epoch'
      ? [[event.type, event.step, ...Object.entries(event.metrics).sort()] as const]
      : [],
  );
}

describe('several workers', () => {
  // On WebGL each run reads hundreds of tensors.
  const numRuns = inject('backend') === 'webgl' ? 2 : 8;

  it('end where one ends, hold the same bits, and see the same metrics', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 17 }),
        fc.integer({ min: 0, max: 1000 }),
        async (size, batchSize, seed) => {
          const options = (): Options => ({
            epochs: 2,
            schedule: constant(0.01),
            clipNorm: 0.5,
            averageDecay: 0.8,
            validation: { source: fixedPoints({ batchSize: 8, count: 21 }).source, perEpoch: 2 },
            test: fixedPoints({ seed: 9, count: 13 }).source,
            inspectEvery: 4,
          });
          const one = await alone(options(), { seed, batchSize });
          const { models, events } = await together(size, options, { seed, batchSize });
          for (const model of models) expect(bits(model.variables)).toEqual(bits(models[0]!.variables));
          for (const seen of events) expect(metricsIn(seen)).toEqual(metricsIn(events[0]!));
          for (const [name, variable] of Object.entries(one.model.variables)) {
            expect(models[0]!.variables[name as 'scale']).toBeAllClose(
              { shape: variable.shape, data: [...variable.dataSync()] },
              { relative: 1e-3, absolute: 1e-4 },
            );
          }
          const [expected, found] = [metricsIn(one.events), metricsIn(events[0]!)];
          expect(found.map(([type, step]) => [type, step])).toEqual(
            expected.map(([type, step]) => [type, step]),
          );
          for (const [at, [, , ...metrics]] of expected.entries()) {
            for (const [which, [name, value]] of metrics.entries()) {
              const [foundName, foundValue] = found[at]![which + 2] as [string, number];
              expect(foundName).toBe(name);
              expect(foundValue).toBeCloseTo(value, 3);
            }
          }
          disposeOf([one.model, ...models]);
        },
      ),
      { numRuns },
    );
  });

  it('give the same bits from run to run', async () => {
    const options = (): Options => ({ epochs: 2, schedule: constant(0.05) });
    const first = await together(3, options);
    const second = await together(3, options);
    expect(bits(second.models[0]!.variables)).toEqual(bits(first.models[0]!.variables));
    disposeOf([...first.models, ...second.models]);
  });

  it('all stop at one step when one is asked to, and go on, in another number, as if they never had', async () => {
    const store = memoryStore();
    const options = (rank: number): Options => ({
      epochs: 3,
      schedule: constant(0.02),
      averageDecay: 0.9,
      validation: { source: fixedPoints().source, perEpoch: 2 },
      ...(rank === 0 && { store }),
    });
    const abort = new AbortController();
    const stopped = await together(
      3,
      rank => ({ ...options(rank), ...(rank === 2 && { signal: abort.signal }) }),
      {},
      (rank, event) => {
        if (rank === 1 && event.type === 'step' && event.step === 7) abort.abort();
      },
    );
    for (const events of stopped.events)
      expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
    expect(new Set(stopped.events.map(events => (events.at(-1) as { step: number }).step)).size).toBe(1);
    const resumed = await together(2, rank => ({ ...options(rank), ...(rank === 0 && { resume: true }) }));
    for (const events of resumed.events)
      expect(events[0]).toMatchObject({ type: 'start', resumedFrom: expect.any(String) });
    const whole = await alone({ ...options(1) });
    for (const model of resumed.models)
      expect(bits(model.variables)).toEqual(bits(resumed.models[0]!.variables));
    for (const [name, variable] of Object.entries(whole.model.variables)) {
      expect(resumed.models[1]!.variables[name as 'scale']).toBeAllClose(
        { shape: variable.shape, data: [...variable.dataSync()] },
        { relative: 1e-3, absolute: 1e-4 },
      );
    }
    disposeOf([...stopped.models, ...resumed.models, whole.model]);
  });

  it('end with the best weights of a run that was stopped before', async () => {
    const store = memoryStore();
    // The first validation is the best: afterwards the rate is so high that nothing is learnt.
    const options = (rank: number, epochs: number): Options => ({
      epochs,
      schedule: step => (step < 6 ? 0.02 : 3),
      validation: { source: fixedPoints().source, perEpoch: 1 },
      ...(rank === 0 && { store }),
    });
    const first = await together(2, rank => options(rank, 1));
    const second = await together(2, rank => ({ ...options(rank, 4), ...(rank === 0 && { resume: true }) }));
    expect(second.events[1]!.at(-1)).toMatchObject({ weights: 'best', best: { step: 6 } });
    for (const model of second.models)
      expect(bits(model.variables)).toEqual(bits(first.models[0]!.variables));
    disposeOf([...first.models, ...second.models]);
  });

  it('stop when one holds other weights than the rest', async () => {
    const failing = together(
      3,
      () => ({ epochs: 2 }),
      {},
      (rank, event, { variables }) => {
        if (rank !== 1 || event.type !== 'step' || event.step !== 2) return;
        tf.tidy(() => variables['out/bias']!.assign(tf.add(variables['out/bias']!, 1e-6)));
      },
    );
    await expect(failing).rejects.toMatchObject({
      code: 'workers',
      message: expect.stringContaining(
        'expected the same weights on every worker after step 6, found others on worker 1 than on worker 0',
      ),
    });
    tf.disposeVariables();
    before = tf.memory().numTensors;
  });

  it('refuse to train different things', async () => {
    const failing = together(2, rank => ({ epochs: 1 + rank }));
    await expect(failing).rejects.toMatchObject({
      code: 'other-run',
      message: 'train: expected the same on every worker, found steps 6 on worker 0 and 12 on worker 1',
    });
    tf.disposeVariables();
    before = tf.memory().numTensors;
  });
});

describe('shares', () => {
  it('are all rows of a batch, each once, and differ by one at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 8, max: 40 }),
        fc.nat({ max: 8 }),
        (size, rows, padding) => {
          const points = tf.range(0, rows);
          const batch = { count: rows - padding, points, digits: [points, points], dispose: () => {} };
          const shares = Array.from({ length: size }, (_, rank) => shareOf(batch, { rank, size }));
          expect(shares.flatMap(({ points }) => [...points.dataSync()])).toEqual([...points.dataSync()]);
          expect(shares.flatMap(({ digits }) => [...digits[1]!.dataSync()])).toEqual([...points.dataSync()]);
          const lengths = shares.map(({ points }) => points.shape[0]!);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
          expect(shares.reduce((sum, { count }) => sum + count, 0)).toBe(rows - padding);
          for (const share of shares) share.dispose();
          points.dispose();
        },
      ),
    );
  });

  it('need a row for each worker', () => {
    const points = tf.zeros([2]);
    expect(() => shareOf({ count: 2, points, dispose: () => {} }, { rank: 0, size: 3 })).toThrow(
      'train: expected batches of at least 3 rows, one for each worker, found 2',
    );
    points.dispose();
  });
});

describe('workers that take steps apart', () => {
  const options = (rank: number, more: Partial<Options> = {}): Options => ({
    epochs: 3,
    localSteps: 4,
    schedule: constant(0.02),
    averageDecay: 0.9,
    validation: { source: fixedPoints().source, perEpoch: 2 },
    ...more,
    ...(rank > 0 && { store: undefined, resume: undefined, checkpointEvery: undefined }),
  });

  it('hold the same bits wherever something follows that is of all, and not in between', async () => {
    const models: Network[] = [];
    const seen = new Map<string, string[]>();
    const trained = await together(
      3,
      rank => options(rank, { validation: undefined }),
      { batchesPerEpoch: 10 },
      (rank, event, model) => {
        models[rank] = model;
        if (event.type !== 'step' && event.type !== 'epoch') return;
        const at = `${event.type} ${event.step}`;
        seen.set(at, [...(seen.get(at) ?? []), JSON.stringify(bits(model.variables))]);
      },
    );
    // Steps are told of before workers meet: after 4, 8, 10, 14, 18, 20, 24, 28 and 30.
    for (const [at, held] of seen) {
      expect(new Set(held).size, at).toBe(at.startsWith('epoch') ? 1 : 3);
    }
    const epochs = trained.events.map(events => events.filter(({ type }) => type === 'epoch'));
    expect(epochs[1]).toEqual(epochs[0]);
    disposeOf(trained.models);
  });

  it('average in rounds whose outer step is that of PyTorch with Nesterov momentum', async () => {
    // theta, and what workers have made of it, mean 0.9 and then 0.5 below.
    const variable = tf.variable(tf.tensor1d([1, -2]));
    const outer = outerStep({ weight: variable });
    outer.take({ weight: tf.tensor1d([0.9, -2.5]) });
    expect(variable).toBeAllClose({ shape: [2], data: [0.867, -2.665] }, { absolute: 1e-6 });
    outer.take({ weight: tf.tensor1d([0.5, -2.5]) });
    expect(variable).toBeAllClose({ shape: [2], data: [0.32219, -2.72905] }, { absolute: 1e-5 });
    outer.dispose();
    tf.disposeVariables();
    before = tf.memory().numTensors;
  });

  it('go on bit for bit', async () => {
    const whole = await together(2, rank => options(rank));
    const first = memoryStore();
    const begun = await together(2, rank => options(rank, { store: first, checkpointEvery: 5, epochs: 2 }));
    const ended = await together(2, rank =>
      options(rank, { store: first, checkpointEvery: 5, resume: true }),
    );
    const undisturbed = await together(2, rank =>
      options(rank, { store: memoryStore(), checkpointEvery: 5 }),
    );
    expect(bits(ended.models[1]!.variables)).toEqual(bits(undisturbed.models[0]!.variables));
    disposeOf([...begun.models, ...ended.models, ...undisturbed.models]);

    const store = memoryStore();
    const abort = new AbortController();
    const stopped = await together(
      2,
      rank => ({ ...options(rank, { store }), ...(rank === 1 && { signal: abort.signal }) }),
      {},
      (rank, event) => {
        if (rank === 1 && event.type === 'step' && event.step === 7) abort.abort();
      },
    );
    for (const events of stopped.events)
      expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', step: 9 });
    const resumed = await together(2, rank => options(rank, { store, resume: true }));
    expect(bits(resumed.models[1]!.variables)).toEqual(bits(whole.models[0]!.variables));
    expect(metricsIn(resumed.events[0]!).at(-1)).toEqual(metricsIn(whole.events[0]!).at(-1));
    disposeOf([...whole.models, ...stopped.models, ...resumed.models]);
  });

  it('learn what one learns', async () => {
    const loss = ({ events }: { events: readonly TrainEvent[] }) =>
      events.flatMap(event => (event.type === 'validation' ? [event.metrics.loss!] : [])).at(-1)!;
    const one = await alone({ ...options(1), localSteps: undefined, epochs: 8 });
    const apart = await together(3, rank => options(rank, { epochs: 8 }));
    expect(loss({ events: apart.events[2]! })).toBeLessThan(1.2 * loss(one));
    disposeOf([one.model, ...apart.models]);
  });

  it('need others', () => {
    const model = network();
    expect(() => train(model, trainingPoints(), { epochs: 1, localSteps: 2 })).toThrow(
      'localSteps needs a reducer',
    );
    disposeOf([model]);
  });
});
