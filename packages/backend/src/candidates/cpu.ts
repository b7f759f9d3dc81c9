import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, optional } from '../candidate';

/** Plain JavaScript: slow, and always there. */
export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  async prepare() {
    await optional('@tensorflow/tfjs-backend-cpu', importCpu);
    return 'JavaScript';
  },
};

/** Imports the backend without its advice, on first use, to install tfjs-node: the skipped backends say it better. */
export async function importCpu(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
  Object.assign(tf.findBackend('cpu'), { firstUse: false });
}
