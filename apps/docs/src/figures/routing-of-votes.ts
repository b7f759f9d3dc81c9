import type { Library } from '../library';

/** What an iteration found, as plain numbers. */
export interface Found {
  /** $c_{ij}$, by child and parent. */
  readonly couplings: readonly (readonly number[])[];
  /** $v_j$, by parent. */
  readonly capsules: readonly (readonly number[])[];
  /** $\hat u_{j|i} \cdot v_j$, by child and parent. */
  readonly agreement: readonly (readonly number[])[];
  /** Of each child's couplings, in bits. */
  readonly entropy: readonly number[];
}

/**
 * Routes votes that are given as they are: with children that are the number 1, the weights are the votes.
 *
 * @param votes [in][out][outDim]
 * @returns every iteration, the first one first
 */
export function routeVotes({ tf, core }: Library, votes: number[][][], iterations: number): readonly Found[] {
  const weight = votes.map(parents => parents.map(vote => [vote])); // [in, out, 1, outDim]
  return tf.tidy(() => {
    const u = tf.ones([1, votes.length, 1]);
    const { trace } = core.dynamicRouting(u, tf.tensor4d(weight), { iterations, trace: true });
    return trace!.map(step => {
      const couplings = (step.couplings.arraySync() as number[][][])[0]!;
      const capsules = (step.capsules.arraySync() as number[][][])[0]!;
      const agreement = votes.map(parents => parents.map((vote, j) => dot(vote, capsules[j]!)));
      return { couplings, capsules, agreement, entropy: couplings.map(entropyOf) };
    });
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function entropyOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
}
