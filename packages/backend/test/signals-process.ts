import { spawn } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../src/node';

// Computes while another process sends a signal again and again. Prints whether products were right, and signals handled.
await pickBackend({ only: 'native' });
let handled = 0;
process.on('SIGWINCH', () => handled++);
const sender = spawn('sh', ['-c', `while kill -WINCH ${process.pid}; do :; done`], { stdio: 'ignore' });

// A size for which oneDNN computes with its stack pointer in the heap.
const [a, b] = [tf.ones([32, 512]), tf.ones([512, 1024])];
let right = true;
for (let round = 0; round < 300; round++) {
  for (let product = 0; product < 5; product++) {
    const sum = tf.tidy(() => tf.sum(tf.matMul(a, b)));
    right &&= sum.dataSync()[0] === 32 * 512 * 1024;
    sum.dispose();
  }
  await new Promise(setImmediate); // where Node learns of signals
}
sender.kill();
console.log(`products right: ${right}, signals handled: ${handled > 0}`);
