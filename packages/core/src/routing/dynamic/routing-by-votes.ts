import * as tf from '@tensorflow/tfjs-core';
import { squash } from '../../capsules/squash';
import type { RoutingObserver } from '../routing';
import { predictVotes } from '../votes';
import { agreementOf } from './agreement';
import { couplingsOf } from './couplings';
import type { FormulationSettings } from './settings';

/** Procedure 1 as the paper writes it: every vote is there to be seen. */
export function routeByVotes(
  u: tf.Tensor3D,
  weight: tf.Tensor4D,
  bias: tf.Tensor2D | undefined,
  { iterations, coupling, over, gradient, epsilon }: FormulationSettings,
  observe: RoutingObserver,
): tf.Tensor3D {
  // $\hat u_{j|i} = u_i W_{ij}$: what child i predicts for parent j (the paper's equation 2)
  const votes = predictVotes(u, weight); // [batch, in, out, outDim]

  // Line 2: $b_{ij} \leftarrow 0$
  let logits: tf.Tensor3D = tf.zeros([u.shape[0], weight.shape[0], weight.shape[1]]); // [batch, in, out]

  // Line 3
  for (let iteration = 1; ; iteration++) {
    const isLast = iteration === iterations;
    // Earlier iterations reach the last one through its logits alone.
    if (isLast && gradient === 'last') logits = stopGradient(logits);

    // Line 4: $c_i \leftarrow \mathrm{softmax}(b_i)$
    const couplings = couplingsOf(logits, coupling, over === 'out' ? 2 : 1); // [batch, in, out]

    // Line 5: $s_j \leftarrow \sum_i c_{ij} \hat u_{j|i}$
    const sum = tf.sum(tf.mul(tf.expandDims(couplings, 3), votes), 1); // [batch, out, outDim]

    // Line 6: $v_j \leftarrow \mathrm{squash}(s_j)$
    const capsules = squash(bias ? tf.add(sum, bias) : sum, { epsilon }) as tf.Tensor3D;
    observe(iteration, () => couplings, { poses: capsules });

    // The paper updates the logits once more, which nothing reads.
    if (isLast) return capsules;

    // Line 7: $b_{ij} \leftarrow b_{ij} + \hat u_{j|i} \cdot v_j$
    logits = tf.add(logits, agreementOf(votes, capsules));
  }
}

function stopGradient<T extends tf.Tensor>(x: T): T {
  return tf.customGrad(x => ({ value: tf.clone(x as tf.Tensor), gradFunc: dy => tf.zerosLike(dy) }))(x) as T;
}
