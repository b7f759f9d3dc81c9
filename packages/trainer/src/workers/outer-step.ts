import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';
import { copyWeights } from '../weights/weights';

/** Moves the weights of all workers by what each of them learnt apart; see {@link outerStep}. */
export interface OuterStep {
  /** @param mean that of the weights of all workers */
  take(mean: NamedTensors): void;
  /** Everything but the weights that the next step depends on, as copies for the caller to dispose of. */
  state(): NamedTensors;
  /** Goes on from the variables as they are now. Where the state says nothing of it, the momentum is zero. */
  restore(state: NamedTensors): void;
  dispose(): void;
}

/** As in DiLoCo's experiments. */
const learningRate = 0.7;
const momentum = 0.9;

/**
 * The outer optimiser of DiLoCo (Douillard et al. 2023, arXiv:2311.08105, algorithm 1): stochastic gradient descent with Nesterov's
 * momentum, whose gradient is what the weights have moved by in the mean since the last outer step, turned round:
 *
 * $$ \Delta = \theta - \frac{1}{N} \sum_i \theta_i \qquad v \leftarrow 0.9 v + \Delta \qquad \theta \leftarrow \theta - 0.7 (\Delta + 0.9 v) $$
 *
 * Its state is `outer/<name>` for each variable, $v$ above.
 *
 * @param variables where the weights are; those of now are the first $\theta$
 */
export function outerStep(variables: Readonly<Record<string, tf.Variable>>): OuterStep {
  let begun = copyWeights({ ...variables });
  let velocities: NamedTensors = Object.fromEntries(
    Object.entries(variables).map(([name, { shape }]) => [name, tf.keep(tf.zeros(shape))]),
  );

  function goOn(): void {
    tf.dispose(begun);
    begun = copyWeights({ ...variables });
  }

  return {
    take(mean) {
      for (const [name, variable] of Object.entries(variables)) {
        const [before, old] = [begun[name]!, velocities[name]!];
        tf.tidy(() => {
          const change = tf.sub(before, mean[name]!);
          const velocity = tf.keep(tf.add(tf.mul(old, momentum), change));
          velocities[name] = velocity;
          variable.assign(tf.sub(before, tf.mul(tf.add(change, tf.mul(velocity, momentum)), learningRate)));
        });
        old.dispose();
      }
      goOn();
    },
    state: () =>
      Object.fromEntries(
        Object.entries(velocities).map(([name, velocity]) => [`outer/${name}`, tf.clone(velocity)]),
      ),
    restore(state) {
      const restored = Object.fromEntries(
        Object.entries(variables).map(([name, { shape }]) => {
          const saved = state[`outer/${name}`];
          return [name, tf.keep(saved ? tf.clone(saved) : tf.zeros(shape))];
        }),
      );
      tf.dispose(velocities);
      velocities = restored;
      goOn();
    },
    dispose: () => tf.dispose([begun, velocities]),
  };
}
