import { listBackends, nativeAdam, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Optimizer } from '../../../../trainer/src/interfaces';
import { adam } from '../../../../trainer/src/optimizers/adam';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { withOwnOperations } from '../../../test/with-own-operations';
import type { AdamOptions } from '../../native-adam';

/** Whether our operations are hidden from what is tested, as where nobody has built them. */
const hidden = vi.hoisted(() => ({ ours: false }));
vi.mock(import('./own-operations'), async original => {
  const { ownOperation, ...others } = await original();
  return { ...others, ownOperation: name => (hidden.ours ? undefined : ownOperation(name)) };
});

const native = (await listBackends()).find(({ name }) => name === 'native')!;

let before = 0;
beforeEach(async context => {
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
  before = tf.memory().numTensors;
});
afterEach(() => {
  if (native.available) expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

const shapes = { kernel: [7, 5, 3], bias: [11], scale: [] };
type Variables = Readonly<Record<string, tf.Variable>>;

const tensors = (seed: number, scale = 1) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      tf.tidy(() => tf.mul(tf.randomNormal(shape, 0, 1, 'float32', seed), scale)),
    ]),
  );

function variables(): Variables {
  return Object.fromEntries(
    Object.entries(tensors(1)).map(([name, tensor]) => {
      const variable = tf.variable(tensor);
      tensor.dispose();
      return [name, variable];
    }),
  );
}

function update(optimizer: Optimizer, from: number, to: number, scale = 1): void {
  for (let i = from; i < to; i++) {
    const gradients = tensors(100 + i, scale);
    optimizer.learningRate = 0.1 / (i + 1);
    optimizer.apply(gradients);
    tf.dispose(gradients);
  }
}

const values = (named: tf.NamedTensorMap) =>
  Object.fromEntries(Object.entries(named).map(([name, tensor]) => [name, tensor.dataSync()]));

const make = { native: (variables: Variables): Optimizer => nativeAdam(variables)!, portable: adam };

describe.each([
  { by: 'our operation', ours: true },
  { by: "TensorFlow's operation", ours: false },
])('by $by', ({ ours }) => {
  beforeEach(context => {
    if (ours) demandOwnKernels(context);
    hidden.ours = !ours;
  });

  it('takes that one', () => {
    const trained = variables();
    const optimizer = nativeAdam(trained)!;
    const { operations } = withOwnOperations(() => update(optimizer, 0, 2));
    expect(operations).toEqual(ours ? ['Adam', 'Adam'] : []);
    optimizer.dispose();
    tf.dispose(trained);
  });

  it.each<{ title: string; scale: number; options: AdamOptions }>([
    { title: 'with the default settings', scale: 1, options: {} },
    { title: 'where epsilon outweighs the gradients', scale: 1e-8, options: {} },
    { title: 'with other settings', scale: 0.1, options: { beta1: 0.5, beta2: 0.9, epsilon: 0.01 } },
  ])("agrees with the trainer's own $title", ({ scale, options }) => {
    const [mine, theirs] = [variables(), variables()];
    const [fast, portable] = [nativeAdam(mine, options)!, adam(theirs, options)];
    update(fast, 0, 20, scale);
    update(portable, 0, 20, scale);
    const [state, expected] = [fast.state(), portable.state()];
    expect(Object.keys(state).sort()).toEqual(Object.keys(expected).sort());
    for (const name of Object.keys(mine)) expect(mine[name]).toBeAllClose(theirs[name]!);
    for (const name of Object.keys(state)) expect(state[name]).toBeAllClose(expected[name]!);
    fast.dispose();
    portable.dispose();
    tf.dispose([mine, theirs, state, expected]);
  });

  it.each([
    { first: 'native', second: 'native' },
    { first: 'native', second: 'portable' },
    { first: 'portable', second: 'native' },
  ] as const)('goes on from the state of $first with $second', ({ first, second }) => {
    const [whole, halves] = [variables(), variables()];
    const straight = make[second](whole);
    update(straight, 0, 12);
    const begun = make[first](halves);
    update(begun, 0, 5);
    const state = begun.state();
    begun.dispose();
    const resumed = make[second](halves);
    resumed.restore(state);
    tf.dispose(state);
    update(resumed, 5, 12);
    const expected = values(whole);
    if (first === second) expect(values(halves)).toEqual(expected);
    for (const name of Object.keys(whole)) expect(halves[name]).toBeAllClose(expected[name]!);
    straight.dispose();
    resumed.dispose();
    tf.dispose([whole, halves]);
  });

  it('changes nothing that shares the data of a variable or of its state', () => {
    // Data as TensorFlow would take it without a copy: aligned to 64 bytes, and large.
    const numbers = new Float32Array(4096).fill(1);
    const source = tf.tensor1d(numbers);
    const variable = tf.variable(source);
    const flat = tf.reshape(variable, [64, 64]);
    const gradient = tf.ones([4096]) as tf.Tensor;
    const optimizer = nativeAdam({ variable })!;
    optimizer.apply({ variable: gradient });
    const clone = tf.clone(variable);
    const state = optimizer.state();
    const held = values({ clone, ...state });
    optimizer.apply({ variable: gradient });
    optimizer.apply({ variable: clone });
    expect(values({ clone, ...state })).toEqual(held);
    for (const unchanged of [source, flat, gradient]) {
      expect(new Set(unchanged.dataSync())).toEqual(new Set([1]));
    }
    expect(new Set(numbers)).toEqual(new Set([1]));
    expect(variable.dataSync()[0]).toBeCloseTo(1 - 3e-3, 6);
    optimizer.dispose();
    tf.dispose([source, variable, flat, gradient, clone, state]);
  });

  it('names a gradient that is missing or of another shape, and moves nothing', () => {
    const trained = variables();
    const optimizer = nativeAdam(trained)!;
    const start = values(trained);
    const { bias, ...others } = tensors(2);
    const wrong = tf.zeros([12]);
    expect(() => optimizer.apply(others)).toThrow('found none of "bias"');
    expect(() => optimizer.apply({ ...others, bias: wrong })).toThrow(
      'expected a gradient of "bias" of shape [11] and float32, found [12] and float32',
    );
    expect(values(trained)).toEqual(start);
    optimizer.dispose();
    tf.dispose([trained, bias, others, wrong]);
  });

  it('refuses the state of other variables, and keeps its own', () => {
    const trained = variables();
    const optimizer = nativeAdam(trained)!;
    const good = optimizer.state();
    const wrong = tf.zeros([7]);
    const negative = tf.scalar(-1, 'int32');
    const { 'kernel/m': _, ...missing } = good;
    expect(() => optimizer.restore({ ...good, 'bias/v': wrong })).toThrow(
      'nativeAdam: expected a saved "bias/v" of shape [11], found [7]',
    );
    expect(() => optimizer.restore(missing)).toThrow(
      'expected a saved "kernel/m" of shape [7,5,3], found none',
    );
    expect(() => optimizer.restore({ ...good, step: negative })).toThrow(
      'a saved step of 0 or more, found -1',
    );
    const after = optimizer.state();
    expect(values(after)).toEqual(values(good));
    optimizer.dispose();
    tf.dispose([trained, good, wrong, negative, after]);
  });

  it('grows no memory over many updates', () => {
    const variable = tf.tidy(() => tf.variable(tf.zeros([2 ** 18]))); // 1 MB
    const gradient = tf.ones([2 ** 18]);
    const optimizer = nativeAdam({ variable })!;
    optimizer.apply({ variable: gradient });
    const memory = process.memoryUsage().rss;
    for (let i = 0; i < 300; i++) optimizer.apply({ variable: gradient });
    // 300 leaked copies would be 300 MB at the least.
    expect(process.memoryUsage().rss - memory).toBeLessThan(100e6);
    optimizer.dispose();
    tf.dispose([variable, gradient]);
  });
});

it('is there on the native backend alone', async () => {
  const trained = variables();
  const optimizer = nativeAdam(trained)!;
  await pickBackend({ only: 'cpu' });
  expect(nativeAdam(trained)).toBeUndefined();
  expect(() => optimizer.apply({})).toThrow('expected the native backend to be in use, found "cpu"');
  await pickBackend({ only: 'native' });
  optimizer.dispose();
  tf.dispose(trained);
});
