import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { selfAttention, selfAttentionRouting } from './self-attention-routing';

type Tensors = readonly [u: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor];

/** Routing as a layer calls it: nobody watches its couplings, so a backend's kernel may take it. */
function route([u, weight, bias]: Tensors): tf.Tensor {
  const [children, parents, inDim, outDim] = weight.shape as [number, number, number, number];
  const connection = {
    lower: { height: 1, width: 1, channels: children, dim: inDim },
    higher: { height: 1, width: 1, channels: parents, dim: outDim },
  };
  const weights = { kernel: weight, ...(bias && { bias }) };
  const settings = { type: 'self-attention', useBias: bias !== undefined } as const;
  return selfAttention.route({ poses: u as tf.Tensor3D }, weights, connection, settings, undefined).poses;
}

/** The same, with the couplings beside it, which no kernel gives. */
const plain = ([u, weight, bias]: Tensors): tf.Tensor => selfAttentionRouting(u, weight, bias).capsules;

function gradients(f: typeof route, tensors: Tensors, dv: tf.Tensor): [value: tf.Tensor, ...tf.Tensor[]] {
  const { value, grads } = tf.valueAndGrads((...inputs) => f(inputs as unknown as Tensors))(
    [...tensors] as tf.Tensor[],
    dv,
  );
  return [value, ...grads];
}

interface Problem {
  readonly batch: number;
  readonly children: number;
  readonly parents: number;
  readonly inDim: number;
  readonly outDim: number;
  readonly hasBias: boolean;
  readonly seed: number;
}

function expectAgreement({ batch, children, parents, inDim, outDim, hasBias, seed }: Problem): void {
  tf.tidy(() => {
    const random = (shape: number[], scale: number, index: number) =>
      tf.mul(tf.randomNormal(shape, 0, 1, 'float32', seed + index), scale);
    const tensors = [
      random([batch, children, inDim], 0.5, 0),
      random([children, parents, inDim, outDim], 0.5, 1),
      ...(hasBias ? [random([children, parents], 0.3, 2)] : []),
    ] as unknown as Tensors;
    const dv = random([batch, parents, outDim], 1, 3);
    const expected = gradients(plain, tensors, dv);
    const found = gradients(route, tensors, dv);
    expect(found).toHaveLength(hasBias ? 4 : 3);
    found.forEach((each, index) => {
      expect(each).toBeAllClose(expected[index]!, { relative: index === 0 ? 3e-5 : 1e-4 });
    });
  });
}

test.each(
  [1, 17].flatMap(batch =>
    [false, true].flatMap(hasBias => [
      { batch, hasBias, children: 16, parents: 10, inDim: 8, outDim: 16 },
      { batch, hasBias, children: 7, parents: 3, inDim: 1, outDim: 20 },
      { batch, hasBias, children: 5, parents: 1, inDim: 3, outDim: 1 },
    ]),
  ),
)(
  'batch $batch, $children x $inDim to $parents x $outDim, with a bias: $hasBias: as the plain formulation',
  problem => expectAgreement({ ...problem, seed: 1 }),
);

test('every shape routes as the plain formulation does, and so do its gradients', () => {
  const size = (max: number) => fc.integer({ min: 1, max });
  const problems = fc.record({
    batch: size(40),
    children: size(30),
    parents: size(8),
    inDim: size(20),
    outDim: size(20),
    hasBias: fc.boolean(),
    seed: size(1000),
  });
  // Elsewhere it is the plain formulation itself.
  const numRuns = inject('backend') === 'native' ? 40 : 5;
  fc.assert(fc.property(problems, expectAgreement), { numRuns, seed: 1 });
});

test('a kernel of the native backend does it, and leaves no tensors but value and gradients', async () => {
  const tensors: Tensors = [tf.ones([3, 6, 4]), tf.ones([6, 2, 4, 5]), tf.ones([6, 2])];
  const dv = tf.ones([3, 2, 5]);
  const before = tf.memory().numTensors;
  const { kernels } = await tf.profile(() => tf.dispose(gradients(route, tensors, dv)));
  expect(tf.memory().numTensors).toBe(before);
  const names = kernels.map(({ name }) => name).filter(name => name.startsWith('SelfAttention'));
  const remedy =
    'build the kernels with `npx --package @capsnet/backend capsnet-native install`, which needs g++';
  expect(names, remedy).toEqual(
    inject('backend') === 'native' ? ['SelfAttentionRouting', 'SelfAttentionRoutingGrad'] : [],
  );
});

test('says which shapes do not fit, as the plain formulation does', () => {
  const weight = tf.zeros([5, 3, 4, 6]);
  for (const f of [route, plain]) {
    expect(() => f([tf.zeros([2, 5, 3]), weight])).toThrow('expected u [batch, 5, 4] for weight [5,3,4,6]');
    expect(() => f([tf.zeros([2, 5, 4]), weight, tf.zeros([3, 5])])).toThrow('expected bias [5, 3]');
  }
});
