import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors, Optimizer } from '../interfaces';

export interface AdamOptions {
  /** Decay of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** The two moments of a variable, of its shape. */
interface Moments {
  m: tf.Tensor;
  v: tf.Tensor;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1), as in PyTorch:
 *
 * $$ m_t = \beta_1 m_{t-1} + (1 - \beta_1) g \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g^2 $$
 *
 * $$ p_t = p_{t-1} - \alpha \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon} $$
 *
 * Its state is `<name>/m` and `<name>/v` for each variable and the scalar `step` (int32), $t$ above; a restored optimiser
 * goes on bit for bit.
 *
 * @param variables those to update, by name
 */
export function adam(variables: Readonly<Record<string, tf.Variable>>, options: AdamOptions = {}): Optimizer {
  expectKnownOptions('adam', options, ['beta1', 'beta2', 'epsilon']);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const moments = new Map<string, Moments>(
    Object.entries(variables).map(([name, { shape }]) => [
      name,
      { m: tf.keep(tf.zeros(shape)), v: tf.keep(tf.zeros(shape)) },
    ]),
  );
  let step = 0;

  function replace(owner: Moments, moment: keyof Moments, value: tf.Tensor) {
    tf.dispose(owner[moment]);
    owner[moment] = tf.keep(value);
  }

  return {
    learningRate: 1e-3,

    apply(gradients) {
      for (const name of moments.keys()) {
        if (!gradients[name]) {
          throw new CapsnetError(
            'invalid-argument',
            `adam: expected a gradient of every variable, found none of "${name}"; the loss does not depend on it. ` +
              'Set trainable = false on a variable that is not to be trained',
          );
        }
      }
      step++;
      // vHat's correction is taken out of the root, which saves an operation of the size of the variable:
      // rate mHat / (sqrt(vHat) + epsilon) = rateHat m / (sqrt(v) + epsilonHat)
      const root = Math.sqrt(1 - beta2 ** step);
      const rateHat = (this.learningRate * root) / (1 - beta1 ** step);
      const epsilonHat = epsilon * root;
      for (const [name, owner] of moments) {
        const variable = variables[name]!;
        const gradient = gradients[name]!;
        // A tidy for each line: two or three temporaries of a variable's size at a time.
        replace(
          owner,
          'm',
          tf.tidy(() => tf.add(tf.mul(owner.m, beta1), tf.mul(gradient, 1 - beta1))),
        );
        replace(
          owner,
          'v',
          tf.tidy(() => tf.add(tf.mul(owner.v, beta2), tf.mul(tf.square(gradient), 1 - beta2))),
        );
        tf.tidy(() => {
          const change = tf.div(tf.mul(owner.m, rateHat), tf.add(tf.sqrt(owner.v), epsilonHat));
          variable.assign(tf.sub(variable, change));
        });
      }
    },

    state() {
      const state: NamedTensors = { step: tf.scalar(step, 'int32') };
      for (const [name, { m, v }] of moments) {
        state[`${name}/m`] = tf.clone(m);
        state[`${name}/v`] = tf.clone(v);
      }
      return state;
    },

    restore(state) {
      const steps = saved(state, 'step', []).dataSync()[0]!;
      if (!(Number.isInteger(steps) && steps >= 0)) {
        throw new CapsnetError('other-run', `adam: expected a saved step of 0 or more, found ${steps}`);
      }
      const restored = [...moments].map(([name, owner]) => {
        const { shape } = variables[name]!;
        return { owner, m: saved(state, `${name}/m`, shape), v: saved(state, `${name}/v`, shape) };
      });
      for (const { owner, m, v } of restored) {
        replace(owner, 'm', tf.clone(m));
        replace(owner, 'v', tf.clone(v));
      }
      step = steps;
    },

    dispose() {
      for (const { m, v } of moments.values()) tf.dispose([m, v]);
    },
  };
}

function saved(state: NamedTensors, name: string, shape: readonly number[]): tf.Tensor {
  const tensor = state[name];
  if (tensor && tf.util.arraysEqual(tensor.shape, [...shape])) return tensor;
  const found = tensor ? `[${tensor.shape}]` : 'none';
  throw new CapsnetError('other-run', `adam: expected a saved "${name}" of shape [${shape}], found ${found}`);
}
