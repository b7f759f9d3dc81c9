import { constant } from '../src';
import { fixedPoints, network, trainingPoints } from './network';

/** A run with everything that a checkpoint holds, and one after every step; large enough that writing takes its time. */
export function trainingRun() {
  return {
    model: network({ hidden: 1000 }),
    source: trainingPoints(),
    options: {
      epochs: 3,
      checkpointEvery: 1,
      averageDecay: 0.9,
      schedule: constant(0.01),
      validation: { source: fixedPoints().source, perEpoch: 2 },
    },
  };
}
