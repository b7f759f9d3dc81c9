import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../src/node';

// Prints on what the native backend computes, and something that it has computed.
const { device } = await pickBackend({ only: 'native' });
console.log(device);
console.log(tf.matMul([[2]], [[3]]).dataSync()[0]);
