import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, notImported } from '../candidate';

/** Plain JavaScript: slow, and always there. */
export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  async prepare() {
    await importCpu();
    return 'JavaScript';
  },
};

/** Imports the backend without its advice, on first use, to install tfjs-node: the skipped backends say it better. */
export async function importCpu(): Promise<void> {
  try {
    await import('@tensorflow/tfjs-backend-cpu');
  } catch (cause) {
    throw notImported('@tensorflow/tfjs-backend-cpu', cause);
  }
  Object.assign(tf.findBackend('cpu'), { firstUse: false });
}
