import { evaluationBatches, loadMnist, splitValidation, take, trainingBatches } from '@capsnet/mnist';
import { isFull } from '@capsnet/testing/extent';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { cnn } from '../cnn/cnn';
import { smallCnnConfig } from '../cnn/presets/small';
import { type CapsNet, capsNet } from './capsnet';
import { efficientConfig } from './presets/efficient';
import { paperConfig } from './presets/paper';

/** The paper's network at a quarter of its width, so that a run takes seconds. */
const quarterWidth = {
  ...paperConfig,
  convolutions: [{ filters: 64, kernelSize: 9, strides: 1 }],
  primary: { ...paperConfig.primary, channels: 8 },
};

const ofMnist = async (seed: number) => {
  const { train } = await loadMnist();
  return splitValidation(train, { seed });
};

test.for(isFull ? [1, 2, 3, 4, 5] : [1])(
  'the default configuration learns MNIST from seed %i',
  async (seed, { skip }) => {
    skip(inject('backend') !== 'native', 'takes minutes on the other backends');
    const { train, validation } = await ofMnist(seed);
    const network = capsNet({ ...quarterWidth, seed });
    learn(network, trainingBatches(train, { batchSize: 64, seed, shift: 2 }), 80);
    expect(accuracy(network, evaluationBatches(take(validation, 1000), { batchSize: 250 }))).toBeGreaterThan(
      0.9,
    );
    network.dispose();
  },
);

test.for([
  { name: 'Efficient-CapsNet', build: () => capsNet(efficientConfig) },
  { name: 'the small network without capsules', build: () => cnn(smallCnnConfig) },
])('$name learns MNIST', async ({ build }, { skip }) => {
  skip(inject('backend') !== 'native', 'takes minutes on the other backends');
  const { train } = await ofMnist(1);
  const network = build();
  // On the batches to come, since a few steps do not bring moving moments far
  const accuracies = learn(network, trainingBatches(train, { batchSize: 64, seed: 1, shift: 2 }), 80);
  expect(accuracies.slice(-10).reduce((sum, right) => sum + right / 10, 0)).toBeGreaterThan(0.75);
  network.dispose();
});

/** Takes steps of Adam, and tells how much of each batch was right before its step. */
function learn(
  network: Pick<CapsNet, 'loss'>,
  source: ReturnType<typeof trainingBatches>,
  steps: number,
): number[] {
  const adam = tf.train.adam(1e-3);
  const accuracies = Array.from({ length: steps }, () => {
    const batch = source.next();
    const right = tf.tidy(() => {
      let accuracy: tf.Tensor | undefined;
      const { grads } = tf.variableGrads(() => {
        const { loss, metrics } = network.loss(batch);
        accuracy = tf.keep(metrics.accuracy!);
        return loss;
      });
      adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return accuracy!;
    });
    batch.dispose();
    const value = right.dataSync()[0]!;
    right.dispose();
    return value;
  });
  adam.dispose();
  return accuracies;
}

function accuracy(network: CapsNet, source: ReturnType<typeof evaluationBatches>): number {
  const perBatch = Array.from({ length: source.batchesPerEpoch }, () => {
    const batch = source.next();
    const right = tf.tidy(() => tf.mean(network.evaluate(batch).accuracy!)).dataSync()[0]!;
    batch.dispose();
    return right;
  });
  return perBatch.reduce((sum, right) => sum + right, 0) / perBatch.length;
}
