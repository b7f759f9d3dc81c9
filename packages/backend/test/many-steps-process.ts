import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../src/node';
import { kernelOutputs } from './kernel-outputs';

// Lets all kernels compute again and again. Prints after each time how many tensors there are, and the resident memory.
await pickBackend({ only: 'native' });
for (let step = 0; step < Number(process.argv[2]); step++) {
  kernelOutputs();
  console.log(`${tf.memory().numTensors} ${process.memoryUsage.rss()}`);
  // What was read from tensors is freed between the tasks of JavaScript.
  await new Promise(setImmediate);
}
