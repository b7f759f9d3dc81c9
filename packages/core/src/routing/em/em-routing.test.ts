import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { ofGradients, ofValues } from '../../../test/golden';
import { fill } from '../../../test/golden-fill';
import { type PlainWeights, plainEmRouting, plainVotes } from '../../../test/plain-em-routing';
import type { Capsules, Connection, RoutingIteration } from '../routing';
import { traced } from '../trace';
import { emRouting } from './em-routing';

const batch = 2;
const settings = { type: 'em', iterations: 3, inverseTemperature: 4, varianceFloor: 0.01 } as const;

const connection = (
  [height, width, channels]: readonly [number, number, number],
  higher: readonly [number, number, number],
  dim: number,
  window?: Connection['window'],
): Connection => ({
  lower: { height, width, channels, dim },
  higher: { height: higher[0], width: higher[1], channels: higher[2], dim },
  window,
});

const cases = [
  {
    title: 'all places at once, 4x4 poses',
    connection: connection([3, 2, 2], [1, 1, 3], 16),
  },
  {
    title: 'windows that overlap, 2x2 poses',
    connection: connection([4, 5, 2], [2, 3, 3], 4, { kernelSize: 3, strides: 1 }),
  },
  {
    title: 'windows that overlap and leave places out, 3x3 poses',
    connection: connection([6, 6, 1], [2, 2, 2], 9, { kernelSize: 3, strides: 2 }),
  },
  {
    title: 'windows side by side, 4x4 poses',
    connection: connection([4, 4, 1], [2, 2, 2], 16, { kernelSize: 2, strides: 2 }),
  },
];

/** Capsules below, weights and gradients of what is above, all different and of a size at which nothing saturates. */
function example({ lower, higher, window }: Connection) {
  const children = lower.height * lower.width * lower.channels;
  const parents = higher.height * higher.width * higher.channels;
  const kinds = (window ? window.kernelSize ** 2 : 1) * lower.channels;
  const side = Math.sqrt(lower.dim);
  return {
    poses: fill([[batch, children, lower.dim], 1, 1]),
    activations: positive(fill([[batch, children], 2, 0.4])),
    kernel: fill([[kinds, higher.channels, side, side], 3, 0.8]),
    betaU: fill([[higher.channels], 4, 0.5]),
    betaA: fill([[higher.channels], 5, 1]),
    dposes: fill([[batch, parents, lower.dim], 6, 1]),
    dactivations: fill([[batch, parents], 7, 1]),
  };
}
type Example = ReturnType<typeof example>;

/** -0.4..0.4 to 0.1..0.9 */
function positive({ shape, data }: { shape: number[]; data: Float32Array }) {
  return { shape, data: data.map(value => value + 0.5) };
}

const tensor = ({ shape, data }: { shape: number[]; data: Float32Array }) => tf.tensor(data, shape);
const weightsOf = ({ kernel, betaU, betaA }: Example) => ({
  kernel: tensor(kernel),
  betaU: tensor(betaU),
  betaA: tensor(betaA),
});
const capsulesOf = ({ poses, activations }: Example): Capsules => ({
  poses: tensor(poses) as tf.Tensor3D,
  activations: tensor(activations) as tf.Tensor2D,
});

/** An example of the batch in plain arrays. */
function plainCapsules(
  { poses, activations }: { poses: ReturnType<typeof fill>; activations: ReturnType<typeof fill> },
  row: number,
) {
  const [, children, dim] = poses.shape as [number, number, number];
  const at = (child: number) => (row * children + child) * dim;
  return {
    poses: Array.from({ length: children }, (_, child) => [
      ...poses.data.subarray(at(child), at(child) + dim),
    ]),
    activations: [...activations.data.subarray(row * children, (row + 1) * children)],
  };
}

function plain(
  given: Example,
  { lower, higher, window }: Connection,
  weights: PlainWeights = plainWeights(given),
) {
  return Array.from({ length: batch }, (_, row) =>
    plainEmRouting(plainCapsules(given, row), weights, { lower, higher, window }, settings),
  );
}
const plainWeights = ({ kernel, betaU, betaA }: Example): PlainWeights => ({
  kernel: kernel.data,
  betaU: betaU.data,
  betaA: betaA.data,
});

function iterationsOf(given: Example, connection: Connection): readonly RoutingIteration[] {
  return traced(observe =>
    emRouting.route(capsulesOf(given), weightsOf(given), connection, settings, observe),
  ).iterations;
}

describe.each(cases)('$title', ({ connection }) => {
  const given = example(connection);

  test('every iteration finds what procedure 1 finds, written as loops in float64', () => {
    const expected = plain(given, connection);
    const found = iterationsOf(given, connection);
    expect(found).toHaveLength(3);
    for (const [t, { poses, activations, couplings }] of found.entries()) {
      expect(poses.dataSync()).toBeAllClose(
        expected.flatMap(steps => steps[t]!.poses.flat()),
        ofValues,
      );
      expect(activations!.dataSync()).toBeAllClose(
        expected.flatMap(steps => steps[t]!.activations),
        ofValues,
      );
      expect(couplings.dataSync()).toBeAllClose(
        expected.flatMap(steps => steps[t]!.couplings.flat()),
        ofValues,
      );
    }
    const routed = emRouting.route(capsulesOf(given), weightsOf(given), connection, settings);
    expect(routed.poses).toBeAllClose(found[2]!.poses, { relative: 0 });
    expect(routed.activations!).toBeAllClose(found[2]!.activations!, { relative: 0 });
  });

  test('gradients of capsules and weights are differences of procedure 1', () => {
    const inputs = { ...capsulesOf(given), ...weightsOf(given) };
    const names = Object.keys(inputs) as (keyof typeof inputs)[];
    const { grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const at = Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) as typeof inputs;
      const { poses, activations } = emRouting.route(
        at as Capsules,
        at as object as Record<string, tf.Tensor>,
        connection,
        settings,
      );
      return tf.add(
        tf.sum(tf.mul(poses, tensor(given.dposes))),
        tf.sum(tf.mul(activations!, tensor(given.dactivations))),
      );
    })(Object.values(inputs) as tf.Tensor[]);
    for (const [index, name] of names.entries()) {
      expect(grads[index]!.dataSync()).toBeAllClose(
        differences(given, name as keyof Example, connection),
        ofGradients,
      );
    }
  });

  test('a child shares itself out over all parents that it votes for, at other places too', () => {
    const { couplings } = iterationsOf(given, connection)[2]!;
    const { lower, higher, window } = connection;
    const shownRows = window ? (higher.height - 1) * window.strides + window.kernelSize : lower.height;
    const shownColumns = window ? (higher.width - 1) * window.strides + window.kernelSize : lower.width;
    const place = (child: number) => Math.floor(child / lower.channels);
    const isShown = (child: number) =>
      place(child) % lower.width < shownColumns && Math.floor(place(child) / lower.width) < shownRows;
    const expected = Array.from({ length: couplings.shape[1] }, (_, child) => (isShown(child) ? 1 : 0));
    expect(tf.sum(couplings, 2).dataSync()).toBeAllClose([...expected, ...expected], { relative: 1e-5 });
  });

  test('votes are laid out for all children and parents, zero where a child has none', () => {
    const { poses, activations } = capsulesOf(given);
    const found = emRouting.votes({ poses, activations: activations! }, weightsOf(given), connection);
    const [, children, parents, dim] = found.shape;
    const expected = new Float32Array(found.size);
    for (let row = 0; row < batch; row++) {
      const votes = plainVotes(plainCapsules(given, row).poses, given.kernel.data, connection);
      for (const { child, parent, matrix } of votes) {
        expected.set(matrix, ((row * children + child) * parents + parent) * dim);
      }
    }
    expect(found.dataSync()).toBeAllClose(expected);
  });
});

/** Six children at one place, three parents. */
const six = connection([1, 1, 6], [1, 1, 3], 16);

test('children in another order have the same parents, and couplings in that order', () => {
  const given = example(six);
  const [first] = iterationsOf(given, six).slice(-1);
  const order = [3, 0, 5, 1, 4, 2];
  const { poses, activations } = capsulesOf(given);
  const { kernel, ...betas } = weightsOf(given);
  const lower = {
    poses: tf.gather(poses, order, 1) as tf.Tensor3D,
    activations: tf.gather(activations!, order, 1) as tf.Tensor2D,
  };
  const weights = { kernel: tf.gather(kernel, order, 0), ...betas };
  const { iterations } = traced(observe => emRouting.route(lower, weights, six, settings, observe));
  const last = iterations.at(-1)!;
  expect(last.poses).toBeAllClose(first!.poses);
  expect(last.activations!).toBeAllClose(first!.activations!);
  expect(last.couplings).toBeAllClose(tf.gather(first!.couplings, order, 1));
});

/** Transformations that leave poses as they are, so that a child votes for its own pose everywhere. */
const sameVotes = (kinds: number, parents: number) => ({
  kernel: tf.tile(tf.reshape(tf.eye(4), [1, 1, 4, 4]), [kinds, parents, 1, 1]),
  betaU: tf.zeros([parents]),
  betaA: tf.zeros([parents]),
});

test('equal votes make equal parents that share out every child equally', () => {
  const lower = {
    poses: tf.fill<tf.Rank.R3>([1, 6, 16], 0.7),
    activations: tf.fill<tf.Rank.R2>([1, 6], 0.6),
  };
  const { iterations } = traced(observe => emRouting.route(lower, sameVotes(6, 3), six, settings, observe));
  const { poses, activations, couplings } = iterations.at(-1)!;
  expect(couplings).toBeAllClose(tf.fill([1, 6, 3], 1 / 3));
  // Of each parent .7 times the identity, and where the only place is: .5
  const moved = Array.from({ length: 16 }, (_, h) => 0.7 + (h === 3 || h === 7 ? 0.5 : 0));
  expect(poses.dataSync()).toBeAllClose([...moved, ...moved, ...moved]);
  // A third of six children of activation .6 is .6 times the equal share of two; no variance but the floor.
  const logit = 4 * (1 - 0.95 ** 3) * -(16 * 0.5 * Math.log(0.01) * 0.6);
  expect(activations!.dataSync()).toBeAllClose(Array(3).fill(1 / (1 + Math.exp(-logit))));
});

test.each([
  ['poses of zeros', 0, 0.5],
  ['children that are not there', 1, 0],
  ['poses as large as features get', 1e4, 1],
])('values and gradients are finite for %s', (_, size, activation) => {
  for (const { connection } of cases) {
    const given = example(connection);
    const { poses, activations } = capsulesOf(given);
    const weights = weightsOf(given);
    const inputs = [tf.mul(poses, size), tf.fill(activations!.shape, activation), ...Object.values(weights)];
    const { value, grads } = tf.valueAndGrads((poses, activations, kernel, betaU, betaA) => {
      const lower = { poses: poses as tf.Tensor3D, activations: activations as tf.Tensor2D };
      const above = emRouting.route(lower, { kernel: kernel!, betaU: betaU!, betaA: betaA! }, connection, {
        ...settings,
        varianceFloor: 1e-4,
      });
      return tf.add(tf.sum(above.poses), tf.sum(above.activations!));
    })(inputs);
    for (const tensor of [value, ...grads]) {
      expect(Array.from(tensor.dataSync()).every(Number.isFinite)).toBe(true);
    }
  }
});

test('a parent on whose pose children agree wins them, and is the most active', () => {
  // Four children vote alike for parent 1 alone; two vote at random for all.
  const grid = connection([1, 1, 6], [1, 1, 3], 16);
  const kernel = tf.buffer([6, 3, 4, 4], 'float32', fill([[6, 3, 4, 4], 8, 2]).data.slice());
  for (let child = 0; child < 4; child++) {
    for (let k = 0; k < 16; k++) kernel.set(k % 5 === 0 ? 1 : 0, child, 1, Math.floor(k / 4), k % 4);
  }
  const weights = { ...sameVotes(6, 3), kernel: kernel.toTensor() };
  const poses = tf.buffer([1, 6, 16], 'float32', fill([[1, 6, 16], 9, 1]).data.slice());
  for (let child = 1; child < 4; child++) {
    for (let h = 0; h < 16; h++) poses.set(poses.get(0, 0, h) + 0.01 * child, 0, child, h);
  }
  const lower = { poses: poses.toTensor() as tf.Tensor3D, activations: tf.ones<tf.Rank.R2>([1, 6]) };
  const { iterations } = traced(observe => emRouting.route(lower, weights, grid, settings, observe));
  const { poses: found, activations, couplings } = iterations.at(-1)!;
  const toSecond = Array.from(tf.slice(couplings, [0, 0, 1], [1, 4, 1]).dataSync());
  expect(Math.min(...toSecond)).toBeGreaterThan(0.99);
  expect(tf.argMax(activations!, 1).dataSync()[0]).toBe(1);
  const agreed = Array.from(
    { length: 16 },
    (_, h) => poses.get(0, 0, h) + 0.015 + (h === 3 || h === 7 ? 0.5 : 0),
  );
  expect(tf.slice(found, [0, 1, 0], [1, 1, 16]).dataSync()).toBeAllClose(agreed, { relative: 0.01 });
});

test('no tensors stay behind, with gradients or without', () => {
  const given = example(cases[1]!.connection);
  const [lower, weights] = [capsulesOf(given), weightsOf(given)];
  const route = () => emRouting.route(lower, weights, cases[1]!.connection, settings);
  const before = tf.memory().numTensors;
  tf.dispose(tf.tidy(() => route() as object as tf.TensorContainer));
  tf.dispose(
    tf.grad(poses =>
      tf.sum(
        emRouting.route({ ...lower, poses: poses as tf.Tensor3D }, weights, cases[1]!.connection, settings)
          .poses,
      ),
    )(lower.poses),
  );
  expect(tf.memory().numTensors).toBe(before);
});

test.each([1, 20])(
  'a parent that costs nothing starts at logistic(-1), at an inverse temperature of %d',
  lambda => {
    const given = { ...settings, iterations: 1, inverseTemperature: lambda };
    const { betaA, betaU } = emRouting.weights(six, given);
    const start = ({ initializer }: typeof betaA) => initializer!.apply([3], 'float32') as tf.Tensor1D;
    expect(start(betaU)).toBeAllClose([0, 0, 0]);
    // Children that are not there cost nothing.
    const lower = { poses: tf.zeros<tf.Rank.R3>([1, 6, 16]), activations: tf.zeros<tf.Rank.R2>([1, 6]) };
    const weights = { ...sameVotes(6, 3), betaA: start(betaA) };
    const { activations } = emRouting.route(lower, weights, six, given);
    expect(activations!.dataSync()).toBeAllClose(Array(3).fill(1 / (1 + Math.E)));
  },
);

test.each([
  [
    'poses that are not square',
    connection([1, 1, 2], [1, 1, 2], 8),
    'a square number such as 16, found 8 below 8',
  ],
  [
    'poses of two sizes',
    { ...six, higher: { ...six.higher, dim: 9 } },
    'expected capsules of the same dim in all layers, a square number such as 16, found 16 below 9',
  ],
])('refuses %s', (_, wrong, message) => {
  expect(() => emRouting.weights(wrong, settings)).toThrow(CapsnetError);
  expect(() => emRouting.weights(wrong, settings)).toThrow(message);
});

/** Central differences of the weighted sum of what procedure 1 finds. */
function differences(given: Example, name: keyof Example, connection: Connection): number[] {
  const step = 1e-5;
  const values = Float64Array.from(given[name].data);
  const sumAt = () => {
    const moved = { ...given, [name]: { ...given[name], data: values } } as Example;
    return plain(moved, connection).reduce((sum, steps, row) => {
      const { poses, activations } = steps.at(-1)!;
      const flat = poses.flat();
      const weighted = (values: number[], weights: Float32Array) =>
        values.reduce((total, value, index) => total + value * weights[row * values.length + index]!, 0);
      return sum + weighted(flat, given.dposes.data) + weighted(activations, given.dactivations.data);
    }, 0);
  };
  return Array.from(values, (value, index) => {
    values[index] = value + step;
    const above = sumAt();
    values[index] = value - step;
    const below = sumAt();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}
