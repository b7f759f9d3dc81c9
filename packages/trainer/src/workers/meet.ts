import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, Optimizer } from '../interfaces';
import type { MovingAverage } from '../weights/moving-average';
import { assignWeights } from '../weights/weights';
import type { OuterStep } from './outer-step';
import type { Reducer } from './reducer';

/** What a worker changes on its own between two meetings. */
export interface Apart {
  readonly trained: Readonly<Record<string, tf.Variable>>;
  readonly untrained: Readonly<Record<string, tf.Variable>>;
  readonly optimizer: Optimizer;
  readonly average: MovingAverage | undefined;
  readonly outer: OuterStep | undefined;
}

/**
 * Brings workers together that have taken steps on their own: an outer step moves the weights of all, and what a step changes without a
 * gradient becomes the mean.
 *
 * Where something follows that is of all workers, a validation or a checkpoint, the optimiser's moments and the moving average become
 * their means as well, which is three times as much to exchange: then all workers are equal in everything, and one checkpoint is that of
 * all. Otherwise each keeps its own, as in DiLoCo.
 *
 * @param isAsked whether this worker is asked to stop
 * @returns whether any worker is, if something follows
 */
export async function meet(
  { trained, untrained, optimizer, average, outer }: Apart,
  {
    reducer,
    follows,
    isAsked,
  }: { readonly reducer: Reducer; readonly follows: boolean; readonly isAsked: boolean },
): Promise<boolean> {
  const state = follows ? optimizer.state() : {};
  const moments = Object.fromEntries(Object.entries(state).filter(([, { dtype }]) => dtype === 'float32'));
  const asked = tf.scalar(isAsked ? 1 : 0);
  const own: readonly NamedTensors[] = [
    { ...trained },
    { ...untrained },
    moments,
    (follows && average?.tensors()) || {},
    { asked },
  ];
  try {
    const all = await reducer.average(own.flatMap(Object.values<tf.Tensor>), 1 / reducer.size);
    try {
      let at = 0;
      const [weights, others, meanMoments, meanAverage, stop] = own.map(tensors =>
        Object.fromEntries(Object.keys(tensors).map(name => [name, all[at++]!])),
      ) as [NamedTensors, NamedTensors, NamedTensors, NamedTensors, NamedTensors];
      outer?.take(weights);
      assignWeights(untrained, others);
      if (!follows) return false;
      optimizer.restore({ ...state, ...meanMoments });
      average?.restore(meanAverage);
      return (await stop.asked!.data())[0]! > 0;
    } finally {
      tf.dispose(all);
    }
  } finally {
    tf.dispose([state, asked]);
  }
}
