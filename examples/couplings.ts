// Which parts of an image a class capsule is made of: the couplings of a trained network, drawn with letters.
import { pickBackend } from '@capsnet/backend';
import { loadMnist } from '@capsnet/mnist';
import { loadPretrained } from '@capsnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';

await pickBackend();
const network = await loadPretrained('capsnet-mnist');
const { test } = await loadMnist();
const pixels = tf.tensor4d(
  Float32Array.from(test.data.subarray(0, 784), byte => byte / 255),
  [1, 28, 28, 1],
);

const [scores] = await network.classify(pixels);
const best = scores![0]!;
console.log(
  `a ${best.label}, with an activation of ${best.score.toFixed(3)}; its label is ${test.labels[0]}`,
);

// Capsules lie on a grid of 6 x 6 places, 32 at each. Sum what each place gives to the class, weighted by the activation.
const { connection, lower, iterations } = network.trace(pixels);
const { height, width, channels } = connection.lower;
for (const [t, { couplings }] of iterations.entries()) {
  const shares = tf.tidy(() => {
    const toBest = tf.squeeze(tf.slice(couplings, [0, 0, best.label], [1, -1, 1])); // [in]
    const given = tf.mul(toBest, tf.squeeze(lower.activations));
    return tf.sum(tf.reshape(given, [height, width, channels]), -1).arraySync() as number[][];
  });
  const [least, most] = [Math.min(...shares.flat()), Math.max(...shares.flat())];
  console.log(`iteration ${t + 1}: places give from ${least.toFixed(2)} to ${most.toFixed(2)}`);
  const shade = (share: number) => ' .:*#'[Math.round((4 * (share - least)) / (most - least))];
  console.log(shares.map(row => row.map(shade).join(' ')).join('\n'));
}
