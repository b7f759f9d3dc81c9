import * as tf from '@tensorflow/tfjs-core';
import type { Windows } from '../windows';
import { assignments, assignmentsGradient, equalAssignments } from './assignments';
import { type CentredVotes, centre, type VotesGradient, votesGradient } from './centred-votes';
import { expectation, expectationGradient } from './expectation';
import {
  type Costs,
  type MaximisationSettings,
  maximisation,
  maximisationGradient,
  type Parents,
} from './maximisation';

export interface ExpectationMaximisationSettings extends MaximisationSettings {
  readonly iterations: number;
  /** $\lambda$ after many iterations. */
  readonly inverseTemperature: number;
}

/** What one iteration found. */
export interface EmIteration extends Parents {
  /** $R_{ij}$ [groups, parents, heard], or [groups, 1, heard] where it is the same for all parents. */
  readonly assigned: tf.Tensor3D;
}

/**
 * EM routing, procedure 1 of the paper: the parents' Gaussians are fitted to the votes (M-step), the votes are assigned anew to
 * the Gaussians (E-step), and so on. The last step is an M-step.
 *
 * Forward and backward are written by hand: votes are by far the largest tensors of such a network, and their gradient is
 * formed once, of what all steps contribute to it.
 *
 * @param votes       $V_{ij}$ [groups, parents, dim, heard]; the groups are the places of all examples of a batch
 * @param activations $a_i$ [groups, 1, heard]
 * @param observe     is shown each iteration, from 1; its means are about the origin of the votes
 * @returns the parents' poses, which are the means, and the logits of their activations: [groups, parents, dim + 1]
 */
export function expectationMaximisation(
  votes: tf.Tensor4D,
  activations: tf.Tensor3D,
  { betaU, betaA }: Costs,
  windows: Windows,
  settings: ExpectationMaximisationSettings,
  observe: (t: number, found: EmIteration, origin: tf.Tensor3D) => void = () => {},
): tf.Tensor3D {
  const [groups, parents, , heard] = votes.shape;
  const route = tf.customGrad((...args) => {
    const save = args[4] as unknown as tf.GradSaveFunc;
    // Line 2: $R_{ij} \leftarrow 1 / |\Omega_{L+1}|$
    let assigned = equalAssignments(groups, parents, heard, windows);
    const centred = centre(votes, tf.mul(assigned, activations));

    // Line 3
    const steps: EmIteration[] = [];
    for (let t = 1; ; t++) {
      // Line 4
      const found = maximisation(centred, tf.mul(assigned, activations), { betaU, betaA }, at(t, settings));
      steps.push({ ...found, assigned });
      observe(t, steps[t - 1]!, centred.origin);
      if (t === settings.iterations) break;
      // Line 5
      assigned = assignments(expectation(centred, found), windows);
    }

    const { means, logits } = steps[steps.length - 1]!;
    save([centred.values, centred.squares, activations, betaU, ...steps.flatMap(tensorsOf)]);
    return {
      value: tf.concat([tf.add(means, centred.origin), logits], 2),
      gradFunc: (dy: tf.Tensor, [values, squares, activations, betaU, ...rest]: tf.Tensor[]) =>
        tf.tidy(() => {
          const saved = {
            votes: { values, squares } as CentredVotes,
            activations: activations as tf.Tensor3D,
            betaU: betaU as tf.Tensor1D,
            steps: stepsOf(rest as tf.Tensor3D[]),
          };
          return backward(saved, dy as tf.Tensor3D, windows, settings);
        }),
    };
  });
  return route(votes, activations, betaU, betaA) as tf.Tensor3D;
}

/** The iterations in reverse: the gradients of votes, activations, betaU and betaA. */
function backward(
  saved: {
    readonly votes: CentredVotes;
    readonly activations: tf.Tensor3D;
    readonly betaU: tf.Tensor1D;
    readonly steps: readonly EmIteration[];
  },
  dy: tf.Tensor3D,
  windows: Windows,
  settings: ExpectationMaximisationSettings,
): tf.Tensor[] {
  const { votes, activations, betaU, steps } = saved;
  const [dmeans, dlogits] = tf.split(dy, [dy.shape[2] - 1, 1], 2) as [tf.Tensor3D, tf.Tensor3D];
  let dparents: Parents = { means: dmeans, variances: tf.zerosLike(dmeans), logits: dlogits };
  const ofVotes: VotesGradient[] = [];
  const dactivations: tf.Tensor[] = [];
  const dbetaU: tf.Tensor[] = [];
  const dbetaA: tf.Tensor[] = [];
  for (let t = steps.length; ; t--) {
    const { assigned, ...found } = steps[t - 1]!;
    const weights = tf.mul(assigned, activations) as tf.Tensor3D;
    const m = maximisationGradient(votes, weights, found, dparents, betaU, at(t, settings));
    ofVotes.push(m.ofVotes);
    dbetaU.push(m.betaU);
    dbetaA.push(m.betaA);
    dactivations.push(tf.sum(tf.mul(m.assigned, assigned), 1, true));
    if (t === 1) break;
    const dlogs = assignmentsGradient(assigned, tf.mul(m.assigned, activations), windows);
    const e = expectationGradient(votes, steps[t - 2]!, dlogs);
    ofVotes.push(e.ofVotes);
    dparents = e.parents;
  }
  return [votesGradient(votes, ofVotes), tf.addN(dactivations), tf.addN(dbetaU), tf.addN(dbetaA)];
}

/** The inverse temperature grows: $\lambda_t = \lambda (1 - 0.95^t)$, as the paper's authors told its readers. */
export function inverseTemperatureAt(
  t: number,
  { inverseTemperature }: { readonly inverseTemperature: number },
): number {
  return inverseTemperature * (1 - 0.95 ** t);
}

function at(t: number, settings: ExpectationMaximisationSettings): MaximisationSettings {
  return { ...settings, inverseTemperature: inverseTemperatureAt(t, settings) };
}

function tensorsOf({ means, variances, logits, assigned }: EmIteration): tf.Tensor3D[] {
  return [means, variances, logits, assigned];
}

function stepsOf(tensors: readonly tf.Tensor3D[]): EmIteration[] {
  return Array.from({ length: tensors.length / 4 }, (_, t) => {
    const [means, variances, logits, assigned] = tensors.slice(4 * t) as [
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
    ];
    return { means, variances, logits, assigned };
  });
}
