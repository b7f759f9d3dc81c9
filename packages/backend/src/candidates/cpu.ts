import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, optional } from '../candidate';

/** Plain JavaScript: slow, and always there. */
export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  async prepare() {
    await optional('@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
    // It would advise on first use to install tfjs-node; whoever sees the skipped backends knows.
    Object.assign(tf.findBackend('cpu'), { firstUse: false });
    return 'JavaScript';
  },
};
