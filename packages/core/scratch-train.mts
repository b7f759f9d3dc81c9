import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../backend/src/node';
import { evaluationBatches, loadMnist, splitValidation, trainingBatches } from '../mnist/dist/node.js';
import { capsNet } from './src/capsnet';
import { paperConfig } from './src/paper-config';

const variant = process.argv[2]!;
const seed = Number(process.argv[3] ?? 1);
const steps = Number(process.argv[4] ?? 429);
console.log(await pickBackend({ only: 'native' }));
const config = {
  ...paperConfig,
  seed,
  ...(variant.includes('bias') && { routing: { ...paperConfig.routing, bias: true } }),
  ...(variant.includes('authors') && {
    initializer: { ...paperConfig.initializer, convolution: 'authors' as const },
  }),
  ...(variant.includes('deep05') && {
    initializer: {
      ...paperConfig.initializer,
      routing: { distribution: 'truncatedNormal' as const, deviation: 0.05 },
    },
  }),
};
const net = capsNet(config);
const { train } = await loadMnist();
const { train: training, validation } = splitValidation(train, { seed: 1 });
const source = trainingBatches(training, { batchSize: 128, seed });
const val = evaluationBatches(validation, { batchSize: 250 });
const adam = tf.train.adam(1e-3);
const evaluate = () => {
  let right = 0;
  let loss = 0;
  let n = 0;
  for (let i = 0; i < val.batchesPerEpoch; i++) {
    const b = val.next();
    const e = net.evaluate(b);
    right += tf.sum(e.accuracy!).dataSync()[0]!;
    loss += tf.sum(e.loss!).dataSync()[0]!;
    n += b.count;
    tf.dispose(e);
    b.dispose();
  }
  return `validation error ${(100 - (right / n) * 100).toFixed(2)}% loss ${(loss / n).toFixed(5)}`;
};
const t0 = performance.now();
let ema = 0;
for (let i = 1; i <= steps; i++) {
  const b = source.next();
  const { value, grads } = tf.variableGrads(() => net.loss(b).loss);
  ema = value.dataSync()[0]!;
  adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose([value, grads]);
  b.dispose();
  if (i % 20 === 0)
    console.log(
      variant,
      seed,
      i,
      ema.toFixed(4),
      `${(((i * 128) / (performance.now() - t0)) * 1000).toFixed(0)} images/s`,
      tf.memory().numTensors,
    );
  if (i % 143 === 0 || i === steps) console.log(variant, seed, i, evaluate());
}
