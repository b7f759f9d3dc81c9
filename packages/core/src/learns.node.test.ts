import { evaluationBatches, loadMnist, splitValidation, take, trainingBatches } from '@capsnet/mnist';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { type CapsNet, capsNet } from './capsnet';
import { paperConfig } from './paper-config';

/** The paper's network at a quarter of its width, so that a run takes seconds. */
const quarterWidth = {
  ...paperConfig,
  convolutions: [{ filters: 64, kernel: 9, stride: 1 }],
  primary: { ...paperConfig.primary, channels: 8 },
};

test.for([1, 2, 3, 4, 5])('the default configuration learns MNIST from seed %i', async (seed, { skip }) => {
  skip(inject('backend') !== 'native', 'takes minutes on the other backends');
  const { train } = await loadMnist();
  const { train: training, validation } = splitValidation(train, { seed });
  const source = trainingBatches(training, { batchSize: 64, seed });
  const network = capsNet({ ...quarterWidth, seed });
  const adam = tf.train.adam(1e-3);
  for (let step = 0; step < 80; step++) {
    const batch = source.next();
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => network.loss(batch).loss);
      adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
    });
    batch.dispose();
  }
  expect(accuracy(network, evaluationBatches(take(validation, 1000), { batchSize: 250 }))).toBeGreaterThan(
    0.9,
  );
  network.dispose();
  adam.dispose();
});

function accuracy(network: CapsNet, source: ReturnType<typeof evaluationBatches>): number {
  const perBatch = Array.from({ length: source.batchesPerEpoch }, () => {
    const batch = source.next();
    const right = tf.tidy(() => tf.mean(network.evaluate(batch).accuracy!)).dataSync()[0]!;
    batch.dispose();
    return right;
  });
  return perBatch.reduce((sum, right) => sum + right, 0) / perBatch.length;
}
