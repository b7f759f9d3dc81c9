import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import golden from '../../../golden/routing.json?raw';
import { type Golden, ofGradients, ofValues, read } from '../../../test/golden';
import { type DynamicRoutingOptions, dynamicRouting } from './dynamic-routing';

interface Case {
  readonly iterations: number;
  readonly softmaxOver: 'out' | 'in';
  readonly gradient: 'full' | 'last';
  readonly epsilon?: number;
  readonly note?: string;
  readonly u: Golden;
  readonly weight: Golden;
  readonly bias?: Golden;
  readonly dv: Golden;
  readonly v: Golden;
  readonly couplings: Golden;
  readonly du: Golden;
  readonly dweight: Golden;
  readonly dbias?: Golden;
}

const { cases, trace } = JSON.parse(golden) as {
  cases: Case[];
  trace: Case & { trace: { couplings: Golden; capsules: Golden }[] };
};

const titled = cases.map(example => ({
  ...example,
  title: `${example.iterations} iterations over ${example.softmaxOver}, ${example.gradient} gradient, [${example.u.shape}] x [${example.weight.shape}] ${example.note ?? ''}`,
}));

describe.each(['plain', 'fast'] as const)('%s', method => {
  test.each(titled)('$title', ({ iterations, softmaxOver: over, gradient, epsilon = 1e-8, ...tensors }) => {
    const options = { iterations, over, gradient, epsilon, method } satisfies DynamicRoutingOptions;
    const inputs = [tensors.u, tensors.weight, ...(tensors.bias ? [tensors.bias] : [])].map(read);
    const route = (u: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor) =>
      dynamicRouting(u, weight, { ...options, ...(bias && { bias }) });

    const { value, grads } = tf.valueAndGrads(
      (u, weight, bias) => route(u!, weight!, bias).capsules as tf.Tensor,
    )(inputs, read(tensors.dv));
    expect(value).toBeAllClose(tensors.v, ofValues);
    const expected = [tensors.du, tensors.dweight, ...(tensors.dbias ? [tensors.dbias] : [])];
    expected.forEach((gradient, index) => {
      expect(grads[index]).toBeAllClose(gradient, ofGradients);
    });
    expect(route(inputs[0]!, inputs[1]!, inputs[2]).couplings).toBeAllClose(tensors.couplings, ofValues);
  });

  test('returns every iteration when traced', () => {
    const { iterations, softmaxOver: over } = trace;
    const routing = dynamicRouting(read(trace.u), read(trace.weight), {
      iterations,
      over,
      method,
      trace: true,
    });
    expect(routing.trace).toHaveLength(trace.trace.length);
    trace.trace.forEach(({ couplings, capsules }, index) => {
      expect(routing.trace![index]!.couplings).toBeAllClose(couplings, ofValues);
      expect(routing.trace![index]!.capsules).toBeAllClose(capsules, ofValues);
    });
  });

  test('leaves no tensors but the ones it returns', () => {
    const [u, weight] = [read(trace.u), read(trace.weight)];
    const before = tf.memory().numTensors;
    const { capsules, couplings } = dynamicRouting(u, weight, { method });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([capsules, couplings]);
    tf.dispose(
      tf.valueAndGrads((u, weight) => dynamicRouting(u!, weight!, { method }).capsules as tf.Tensor)([
        u,
        weight,
      ]),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('each child shares itself out over the parents', () => {
    const { couplings } = dynamicRouting(read(trace.u), read(trace.weight), { method });
    expect(tf.sum(couplings, 2)).toBeAllClose(tf.ones([2, 5]));
  });
});

test('says which shapes do not fit', () => {
  const weight = tf.zeros([5, 3, 4, 6]);
  expect(() => dynamicRouting(tf.zeros([2, 5, 3]), weight)).toThrow(
    'expected u [batch, 5, 4] for weight [5,3,4,6], found [2,5,3]',
  );
  expect(() => dynamicRouting(tf.zeros([2, 5, 4]), tf.zeros([5, 3]))).toThrow(
    'expected weight [in, out, inDim, outDim], found [5,3]',
  );
  expect(() => dynamicRouting(tf.zeros([2, 5, 4]), weight, { bias: tf.zeros([3, 5]) })).toThrow(
    'expected bias [3, 6]',
  );
  expect(() => dynamicRouting(tf.zeros([2, 5, 4]), weight, { iterations: 0 })).toThrow(
    'iterations: expected at least 1, found 0',
  );
  expect(() => dynamicRouting(tf.zeros([2, 5, 4]), weight, { over: 'parents' as 'in' })).toThrow(
    'over: expected "out" or "in", found "parents"',
  );
});
