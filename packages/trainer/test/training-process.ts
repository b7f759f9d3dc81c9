import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { train } from '../src';
import { folderStore } from '../src/node';
import { trainingRun } from './training-run';

// Trains, resuming where it was, and prints a line at every event. Arguments: the folder for checkpoints.

// Keeps tfjs from praising its native backend.
tf.env().set('IS_TEST', true);
const [folder = ''] = process.argv.slice(2);
const { model, source, options } = trainingRun();
for await (const { type } of train(model, source, { ...options, store: folderStore(folder), resume: true })) {
  console.log(type);
}
