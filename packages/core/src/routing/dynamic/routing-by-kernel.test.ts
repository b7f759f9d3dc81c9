import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { type Array64, routeInFloat64 } from '../../../test/float64-dynamic-routing';
import { dynamic } from './dynamic-routing';
import { hasRoutingKernel } from './routing-by-kernel';
import { dynamicSchema } from './settings';

type Options = Readonly<{
  iterations: number;
  over: 'out' | 'in';
  gradient: 'full' | 'last';
  method: 'auto' | 'plain';
}>;
type Tensors = readonly [u: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor];

/** Routing as a layer calls it: nobody watches its iterations, so a backend's kernel may take all of them. */
function route([u, weight, bias]: Tensors, options: Options): tf.Tensor {
  const settings = { ...dynamicSchema.parse({ type: 'dynamic', ...options, useBias: bias !== undefined }) };
  const [children, parents, inDim, outDim] = weight.shape as [number, number, number, number];
  const connection = {
    lower: { height: 1, width: 1, channels: children, dim: inDim },
    higher: { height: 1, width: 1, channels: parents, dim: outDim },
  };
  const weights = { kernel: weight, ...(bias && { bias }) };
  return dynamic.route({ poses: u as tf.Tensor3D }, weights, connection, settings, undefined).poses;
}

function gradients(tensors: Tensors, options: Options, dv: tf.Tensor): [value: tf.Tensor, ...tf.Tensor[]] {
  const { value, grads } = tf.valueAndGrads((...inputs) => route(inputs as unknown as Tensors, options))(
    [...tensors] as tf.Tensor[],
    dv,
  );
  return [value, ...grads];
}

const size = (max: number) => fc.integer({ min: 1, max });
const problems = fc.record({
  batch: size(40),
  children: size(40),
  parents: size(8),
  inDim: size(10),
  outDim: size(20),
  iterations: size(6),
  over: fc.constantFrom('out', 'in'),
  gradient: fc.constantFrom('full', 'last'),
  hasBias: fc.boolean(),
  seed: size(1000),
});

/** The kernel is native's; the other backends have the formulation that other tests compare, too. */
const numRuns = inject('backend') === 'native' ? 60 : 6;

test('every shape routes as procedure 1 does, and so do its gradients', () => {
  fc.assert(
    fc.property(problems, ({ batch, children, parents, inDim, outDim, hasBias, seed, ...options }) => {
      tf.tidy(() => {
        const random = (shape: number[], scale: number, index: number) =>
          tf.mul(tf.randomNormal(shape, 0, 1, 'float32', seed + index), scale);
        const tensors = [
          random([batch, children, inDim], 0.5, 0),
          random([children, parents, inDim, outDim], 0.5, 1),
          ...(hasBias ? [random([parents, outDim], 0.3, 2)] : []),
        ] as unknown as Tensors;
        const dv = random([batch, parents, outDim], 1, 3);
        const plain = gradients(tensors, { ...options, method: 'plain' }, dv);
        gradients(tensors, { ...options, method: 'auto' }, dv).forEach((found, index) => {
          expect(found).toBeAllClose(plain[index]!, { relative: 5e-5 });
        });
      });
    }),
    { numRuns, seed: 1 },
  );
});

test.each(
  (['out', 'in'] as const).flatMap(over =>
    (['full', 'last'] as const).flatMap(gradient =>
      [1, 2, 4].map(iterations => ({ over, gradient, iterations })),
    ),
  ),
)('$iterations iterations over $over, gradient $gradient: finite differences in float64', options => {
  const array = (shape: number[], scale: number, seed: number): Array64 => ({
    shape,
    data: Float64Array.from(tf.randomNormal(shape, 0, scale, 'float32', seed).dataSync()),
  });
  const problem = {
    u: array([2, 5, 3], 0.7, 1),
    weight: array([5, 3, 3, 4], 0.7, 2),
    bias: array([3, 4], 0.3, 3),
  };
  const dv = array([2, 3, 4], 1, 4);
  const settings = { ...options, epsilon: 1e-8 };
  const start = routeInFloat64(problem, settings);
  const couplings = options.gradient === 'last' ? start.couplings : undefined;
  const value = () =>
    routeInFloat64(problem, { ...settings, couplings }).capsules.reduce(
      (sum, v, index) => sum + v * dv.data[index]!,
      0,
    );
  const differences = (data: Float64Array) =>
    data.map((x, index) => {
      const at = (moved: number) => {
        data[index] = moved;
        return value();
      };
      const slope = (at(x + 1e-5) - at(x - 1e-5)) / 2e-5;
      data[index] = x;
      return slope;
    });
  const expected = [problem.u, problem.weight, problem.bias].map(({ data }) => differences(data));

  const tensor = ({ shape, data }: Array64) => tf.tensor(Float32Array.from(data), [...shape]);
  const tensors = [tensor(problem.u), tensor(problem.weight), tensor(problem.bias)] as const;
  const [capsules, ...found] = gradients(tensors, { ...options, method: 'auto' }, tensor(dv));
  expect(capsules).toBeAllClose(start.capsules, { relative: 1e-5 });
  expected.forEach((gradient, index) => {
    expect(found[index]!).toBeAllClose(gradient, { relative: 1e-4 });
  });
});

test('leaves no tensors but its value and gradients', () => {
  const [u, weight, dv] = [tf.ones([3, 6, 4]), tf.ones([6, 2, 4, 5]), tf.ones([3, 2, 5])];
  const options = { iterations: 3, over: 'out', gradient: 'full', method: 'auto' } as const;
  const before = tf.memory().numTensors;
  const found = gradients([u, weight], options, dv);
  expect(tf.memory().numTensors).toBe(before + found.length);
  tf.dispose(found);
  const capsules = route([u, weight], options);
  expect(tf.memory().numTensors).toBe(before + 1);
  capsules.dispose();
});

test('a kernel of the native backend does it, but not for min-max couplings', () => {
  const settings = {
    iterations: 3,
    coupling: 'softmax',
    over: 'out',
    gradient: 'full',
    epsilon: 1e-8,
  } as const;
  const remedy =
    'build the kernels with `npx --package @capsnet/backend capsnet-native install`, which needs g++';
  expect(hasRoutingKernel(settings), remedy).toBe(inject('backend') === 'native');
  expect(hasRoutingKernel({ ...settings, coupling: 'max-min' })).toBe(false);
});
