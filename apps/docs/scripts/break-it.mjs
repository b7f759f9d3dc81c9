import { writeFileSync } from 'node:fs';
import { pickBackend } from '@capsnet/backend';
import { capsuleLength, convolution2d, dynamicRouting, marginLoss, squash } from '@capsnet/core';
import { loadMnist, trainingBatches } from '@capsnet/mnist';
import { adam, constant, train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { Command } from 'commander';

// The learning curves of a small network in which one thing is broken, for the page "Why your capsule network does not
// learn":
//
//     node scripts/break-it.mjs --steps 200
//
// Every training sees the same batches of the same digits.
/**
 * @typedef {object} Fault
 * @property {'out' | 'in'} [over] what the softmax is over
 * @property {boolean} [squared]
 * @property {number} [standardDeviation] of the routing weights
 * @property {boolean} [wrongReshape] capsules of neighbouring pixels of one channel, as when channels first are reshaped without a transpose
 */
/** @type {Readonly<Record<string, Fault>>} */
const faults = {
  'as in the paper': {},
  'softmax over the children': { over: 'in' },
  'margins not squared': { squared: false },
  'N(0, 1) weights': { standardDeviation: 1 },
  'wrong reshape': { wrongReshape: true },
};
const [filters, channels, dim] = [32, 8, 8];
function network({ over = 'out', squared = true, standardDeviation = 0.1, wrongReshape = false }) {
  const uniform = (shape, fanIn, seed) =>
    tf.variable(tf.randomUniform(shape, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn), 'float32', seed));
  const variables = {
    conv1: uniform([9, 9, 1, filters], 81, 1),
    primary: uniform([9, 9, filters, channels * dim], 81 * filters, 2),
    routing: tf.variable(tf.randomNormal([36 * channels, 10, dim, 16], 0, standardDeviation, 'float32', 3)),
  };
  function capsulesOf(images) {
    const features = tf.relu(convolution2d(images, variables.conv1));
    const convolved = convolution2d(features, variables.primary, 2); // [batch, 6, 6, channels * dim]
    const read = wrongReshape ? tf.transpose(convolved, [0, 3, 1, 2]) : convolved;
    const children = squash(tf.reshape(read, [images.shape[0], -1, dim]));
    return dynamicRouting(children, variables.routing, { over }).capsules;
  }
  function perRow({ images, labels }) {
    const capsules = capsulesOf(images);
    const lengths = capsuleLength(capsules);
    const accuracy = tf.cast(tf.equal(tf.argMax(lengths, -1), labels), 'float32');
    return { capsules, accuracy, length: tf.mean(lengths, -1) };
  }
  return {
    variables,
    loss(batch) {
      const { capsules, accuracy, length } = perRow(batch);
      const metrics = { accuracy: tf.mean(accuracy), length: tf.mean(length) };
      return { loss: marginLoss(batch.labels, capsules, { squared }), metrics };
    },
    evaluate: perRow,
  };
}
const options = new Command('node scripts/break-it.mjs')
  .description('Measures how each fault changes what a small network learns.')
  .option('--steps <n>', 'of each training', '200')
  .option('--batch <n>', 'images of a step', '64')
  .option('--out <file>', 'where the curves go', 'src/curves/break-it.json')
  .parse()
  .opts();
const [steps, batchSize] = [Number(options.steps), Number(options.batch)];
const { device } = await pickBackend();
console.log(device);
const { train: digits } = await loadMnist();
const began = performance.now();
const curves = [];
for (const [name, fault] of Object.entries(faults)) {
  const found = { loss: [], accuracy: [], length: [] };
  const model = network(fault);
  const source = trainingBatches(digits, { batchSize, seed: 1, shift: 2 });
  const rounded = value => Number(value.toPrecision(4));
  for await (const event of train(model, source, {
    epochs: 1,
    maxSteps: steps,
    schedule: constant(1e-3),
    optimizer: variables => adam(variables),
  })) {
    if (event.type !== 'step') continue;
    found.loss.push(rounded(event.metrics.loss));
    found.accuracy.push(rounded(event.metrics.accuracy));
    found.length.push(rounded(event.metrics.length));
  }
  tf.dispose(model.variables);
  curves.push({ name, ...found });
  console.log(name, found.loss.at(-1), found.accuracy.at(-1));
}
const seconds = Math.round((performance.now() - began) / 1000);
writeFileSync(options.out, `${JSON.stringify({ steps, batchSize, seconds, curves })}\n`);
