import type { Connection } from '../src/routing/routing';

export interface PlainCapsules {
  /** [in][dim] */
  readonly poses: number[][];
  /** [in] */
  readonly activations: number[];
}

export interface PlainWeights {
  /** In C order, as the kernel of a layer. */
  readonly kernel: ArrayLike<number>;
  readonly betaU: ArrayLike<number>;
  readonly betaA: ArrayLike<number>;
}

export interface PlainIteration extends PlainCapsules {
  /** R [in][out], 0 where the child has no vote */
  readonly couplings: number[][];
}

/** A child's vote for a parent. */
interface Vote {
  readonly child: number;
  readonly parent: number;
  readonly matrix: number[];
}

/**
 * Procedure 1 of "Matrix capsules with EM routing" for one example, loop by loop, in float64 and without tensors: what
 * `routing/em` is compared with. It shares no code with that.
 */
export function plainEmRouting(
  lower: PlainCapsules,
  weights: PlainWeights,
  connection: Connection,
  settings: { iterations: number; inverseTemperature: number; varianceFloor: number },
): PlainIteration[] {
  const { higher } = connection;
  const children = lower.poses.length;
  const parents = higher.height * higher.width * higher.channels;
  const votes = plainVotes(lower.poses, weights.kernel, connection);
  const votesOf = (child: number) => votes.filter(vote => vote.child === child);
  const votesFor = (parent: number) => votes.filter(vote => vote.parent === parent);

  const r: number[][] = Array.from({ length: children }, () => Array<number>(parents).fill(0));
  for (let i = 0; i < children; i++) {
    const mine = votesOf(i);
    for (const { parent } of mine) r[i]![parent] = 1 / mine.length;
  }

  const found: PlainIteration[] = [];
  for (let t = 1; t <= settings.iterations; t++) {
    const lambda = settings.inverseTemperature * (1 - 0.95 ** t);
    const mean: number[][] = [];
    const variance: number[][] = [];
    const activation: number[] = [];
    for (let j = 0; j < parents; j++) {
      const type = j % higher.channels;
      const mine = votesFor(j);
      const amount = mine.reduce((sum, { child }) => sum + r[child]![j]! * lower.activations[child]!, 0);
      mean[j] = [];
      variance[j] = [];
      let cost = 0;
      for (let h = 0; h < higher.dim; h++) {
        let mu = 0;
        for (const { child, matrix } of mine)
          mu += (r[child]![j]! * lower.activations[child]! * matrix[h]!) / amount;
        let square = settings.varianceFloor;
        for (const { child, matrix } of mine) {
          square += (r[child]![j]! * lower.activations[child]! * (matrix[h]! - mu) ** 2) / amount;
        }
        mean[j]!.push(mu);
        variance[j]!.push(square);
        cost += (weights.betaU[type]! + Math.log(Math.sqrt(square))) * (amount / (children / parents));
      }
      activation[j] = 1 / (1 + Math.exp(-lambda * (weights.betaA[type]! - cost)));
    }
    found.push({ poses: mean, activations: activation, couplings: r.map(row => [...row]) });

    for (let i = 0; i < children; i++) {
      const mine = votesOf(i);
      const logs = mine.map(({ parent, matrix }) => {
        let log = Math.log(activation[parent]!);
        for (let h = 0; h < higher.dim; h++) {
          const square = variance[parent]![h]!;
          log -= (matrix[h]! - mean[parent]![h]!) ** 2 / (2 * square) + Math.log(2 * Math.PI * square) / 2;
        }
        return log;
      });
      const largest = Math.max(...logs);
      const total = logs.reduce((sum, log) => sum + Math.exp(log - largest), 0);
      for (const [k, { parent }] of mine.entries()) r[i]![parent] = Math.exp(logs[k]! - largest) / total;
    }
  }
  return found;
}

/** All votes, with coordinate addition where all children vote for all parents. */
export function plainVotes(
  poses: readonly (readonly number[])[],
  kernel: ArrayLike<number>,
  { lower, higher, window }: Connection,
): Vote[] {
  const side = Math.sqrt(lower.dim);
  const vote = (child: number, parent: number, kind: number): Vote => {
    const start = (kind * higher.channels + (parent % higher.channels)) * lower.dim;
    const matrix: number[] = [];
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        let sum = 0;
        for (let k = 0; k < side; k++)
          sum += poses[child]![row * side + k]! * kernel[start + k * side + column]!;
        matrix.push(sum);
      }
    }
    return { child, parent, matrix };
  };
  const votes: Vote[] = [];
  for (let y = 0; y < higher.height; y++) {
    for (let x = 0; x < higher.width; x++) {
      for (let type = 0; type < higher.channels; type++) {
        const parent = (y * higher.width + x) * higher.channels + type;
        for (let row = 0; row < (window?.kernelSize ?? lower.height); row++) {
          for (let column = 0; column < (window?.kernelSize ?? lower.width); column++) {
            for (let channel = 0; channel < lower.channels; channel++) {
              const [bottom, right] = [y * (window?.strides ?? 1) + row, x * (window?.strides ?? 1) + column];
              const child = (bottom * lower.width + right) * lower.channels + channel;
              const kind = window ? (row * window.kernelSize + column) * lower.channels + channel : channel;
              const cast = vote(child, parent, kind);
              if (!window) {
                cast.matrix[side - 1]! += (row + 0.5) / lower.height;
                cast.matrix[2 * side - 1]! += (column + 0.5) / lower.width;
              }
              votes.push(cast);
            }
          }
        }
      }
    }
  }
  return votes;
}
