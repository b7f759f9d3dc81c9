import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../backend/src/node';
import { capsNet } from './src/capsnet';
import { paperConfig } from './src/paper-config';

const b = await pickBackend({ only: (process.argv[2] ?? 'native') as 'native' });
console.log(b);
const B = Number(process.argv[3] ?? 128);
const net = capsNet({
  ...paperConfig,
  primary: { ...paperConfig.primary, method: (process.argv[4] ?? 'auto') as 'auto' },
  routing: { ...paperConfig.routing, method: (process.argv[5] ?? 'auto') as 'auto' },
});
const images = tf.randomUniform<tf.Rank.R4>([B, 28, 28, 1]);
const labels = tf.randomUniform([B], 0, 10, 'int32') as tf.Tensor1D;
const adam = tf.train.adam(1e-3);
for (let i = 0; i < 6; i++) {
  const t0 = performance.now();
  const { value, grads } = tf.variableGrads(() => net.loss({ images, labels }).loss);
  value.dataSync();
  const t1 = performance.now();
  adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
  tf.dispose([value, grads]);
  const t2 = performance.now();
  tf.dispose(tf.tidy(() => net.evaluate({ images, labels }).loss!.dataSync() && tf.scalar(0)));
  const t3 = performance.now();
  console.log(
    `step ${(t1 - t0).toFixed(0)} + adam ${(t2 - t1).toFixed(0)} ms, forward ${(t3 - t2).toFixed(0)} ms; ${((B * 1000) / (t2 - t0)).toFixed(0)} images/s; rss ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`,
  );
}
