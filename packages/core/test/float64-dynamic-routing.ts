import type { DynamicRoutingSettings } from '../src/routing/dynamic/settings';

/** Numbers row by row, and their shape. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

interface Problem {
  /** [batch, in, inDim] */
  readonly u: Array64;
  /** [in, out, inDim, outDim] */
  readonly weight: Array64;
  /** [out, outDim] */
  readonly bias?: Array64 | undefined;
}

type Settings = Pick<DynamicRoutingSettings, 'iterations' | 'over'> & {
  readonly epsilon: number;
  /** Taken for the couplings of the last iteration [batch, in, out], as a gradient through it alone does. */
  readonly couplings?: Float64Array | undefined;
};

/** Procedure 1 of the paper in float64, by its loops and nothing else: what the fast formulations are measured by. */
export function routeInFloat64(
  { u, weight, bias }: Problem,
  { iterations, over, epsilon, couplings: given }: Settings,
): { capsules: Float64Array; couplings: Float64Array } {
  const [batch, , inDim] = u.shape as [number, number, number];
  const [children, parents, , outDim] = weight.shape as [number, number, number, number];
  const capsules = new Float64Array(batch * parents * outDim);
  const couplings = new Float64Array(batch * children * parents);
  for (let b = 0; b < batch; b++) {
    const vote = (i: number, j: number, e: number) => {
      let sum = 0;
      for (let d = 0; d < inDim; d++) {
        sum +=
          u.data[(b * children + i) * inDim + d]! *
          weight.data[((i * parents + j) * inDim + d) * outDim + e]!;
      }
      return sum;
    };
    const votes = Array.from({ length: children }, (_, i) =>
      Array.from({ length: parents }, (_, j) => Array.from({ length: outDim }, (_, e) => vote(i, j, e))),
    );
    const logits = votes.map(ofParents => ofParents.map(() => 0));
    for (let t = 1; t <= iterations; t++) {
      const softmax = (values: number[]) => {
        const most = Math.max(...values);
        const powers = values.map(value => Math.exp(value - most));
        const total = powers.reduce((sum, power) => sum + power, 0);
        return powers.map(power => power / total);
      };
      const byChild = over === 'out' ? logits.map(softmax) : undefined;
      const byParent =
        over === 'in'
          ? Array.from({ length: parents }, (_, j) => softmax(logits.map(ofParents => ofParents[j]!)))
          : undefined;
      const coupling = (i: number, j: number) => {
        if (t === iterations && given) return given[(b * children + i) * parents + j]!;
        return byChild ? byChild[i]![j]! : byParent![j]![i]!;
      };
      for (let j = 0; j < parents; j++) {
        const s = Array.from({ length: outDim }, (_, e) =>
          votes.reduce(
            (sum, ofParents, i) => sum + coupling(i, j) * ofParents[j]![e]!,
            bias?.data[j * outDim + e] ?? 0,
          ),
        );
        const n = s.reduce((sum, x) => sum + x * x, 0);
        const v = s.map(x => ((n / (1 + n)) * x) / Math.sqrt(n + epsilon));
        capsules.set(v, (b * parents + j) * outDim);
        for (let i = 0; i < children; i++) {
          couplings[(b * children + i) * parents + j] = coupling(i, j);
          logits[i]![j]! += votes[i]![j]!.reduce((sum, x, e) => sum + x * v[e]!, 0);
        }
      }
    }
  }
  return { capsules, couplings };
}
