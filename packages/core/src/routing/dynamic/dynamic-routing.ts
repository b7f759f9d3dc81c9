import * as tf from '@tensorflow/tfjs-core';
import { squash } from '../../capsules/squash';
import { routeWithoutVotes } from './routing-without-votes';

export interface DynamicRoutingOptions {
  /** How often couplings are computed. Default 3, as in the paper. */
  readonly iterations?: number;
  /** Couplings sum to 1 over the parents (`'out'`, the paper) or over the children (`'in'`, labml). Default `'out'`. */
  readonly softmaxOver?: 'out' | 'in';
  /** The gradient flows through every iteration, or only through the last, couplings being constants. Default `'full'`. */
  readonly gradient?: 'full' | 'last';
  /** The squash's epsilon. Default 1e-8. */
  readonly epsilon?: number;
  /** [out, outDim], added to s in every iteration, as in the authors' code. Default none. */
  readonly bias?: tf.Tensor;
  /**
   * `'plain'` follows the paper line by line and holds all votes; `'fast'` gives the same values and gradients without
   * ever forming them. Default `'auto'`: the fast one.
   */
  readonly method?: 'auto' | 'plain' | 'fast';
  /** Whether to return the couplings and capsules of every iteration. Default false. */
  readonly trace?: boolean;
}

/** What one iteration of routing found. */
export interface RoutingIteration {
  /** $c_{ij}$ [batch, in, out] */
  readonly couplings: tf.Tensor3D;
  /** $v_j$ [batch, out, outDim] */
  readonly capsules: tf.Tensor3D;
}

export interface Routing extends RoutingIteration {
  /** Every iteration, the first one first, if `trace` was asked for. */
  readonly trace?: readonly RoutingIteration[];
}

/** Routing's options after defaults. */
export type RoutingSettings = Required<
  Pick<DynamicRoutingOptions, 'iterations' | 'softmaxOver' | 'gradient' | 'epsilon'>
>;

/** Shown each iteration as it happens; couplings are laid out only for who reads them. */
export type RoutingObserver = (
  iteration: number,
  couplings: () => tf.Tensor3D,
  capsules: tf.Tensor3D,
) => void;

/**
 * Dynamic routing between capsules (the paper's procedure 1): each lower capsule sends its output to the higher ones
 * that agree with its votes.
 *
 * @param u      lower capsules [batch, in, inDim]
 * @param weight $W_{ij}$ [in, out, inDim, outDim]. Vectors are rows here: a vote is $u_i W_{ij}$, where the paper, whose
 *   vectors are columns, has the transpose
 * @returns the higher capsules [batch, out, outDim] and the couplings [batch, in, out] of the last iteration. The
 *   capsules are differentiable; couplings and trace are for reading. All of them are the caller's to dispose of.
 * @throws if shapes do not fit each other or an option is out of range
 */
export function dynamicRouting(
  u: tf.Tensor,
  weight: tf.Tensor,
  options: DynamicRoutingOptions = {},
): Routing {
  const { iterations = 3, trace = false } = options;
  return tf.tidy(() => {
    // The formulations tidy up behind themselves, so what is read on the way has to be kept, and handed over after.
    const kept: RoutingIteration[] = [];
    const capsules = route(u, weight, options, (iteration, couplings, capsules) => {
      if (!trace && iteration < iterations) return;
      kept.push({ couplings: tf.keep(tf.clone(couplings())), capsules: tf.keep(tf.clone(capsules)) });
    });
    const steps = kept.map(step => ({
      couplings: tf.clone(step.couplings),
      capsules: tf.clone(step.capsules),
    }));
    for (const { couplings, capsules } of kept) tf.dispose([couplings, capsules]);
    const last = { couplings: tf.clone(steps[steps.length - 1]!.couplings), capsules };
    return trace ? { ...last, trace: steps } : last;
  });
}

/** {@link dynamicRouting} for a layer, which wants the capsules alone. */
export function routeCapsules(u: tf.Tensor, weight: tf.Tensor, options: DynamicRoutingOptions): tf.Tensor3D {
  return tf.tidy(() => route(u, weight, options, () => {}));
}

function route(
  u: tf.Tensor,
  weight: tf.Tensor,
  options: DynamicRoutingOptions,
  observe: RoutingObserver,
): tf.Tensor3D {
  const {
    iterations = 3,
    softmaxOver = 'out',
    gradient = 'full',
    epsilon = 1e-8,
    bias,
    method = 'auto',
  } = options;
  checkShapes(u, weight, bias);
  if (!Number.isSafeInteger(iterations) || iterations < 1) {
    throw new Error(`dynamicRouting: expected iterations to be an integer from 1, found ${iterations}`);
  }
  checkWord('softmaxOver', softmaxOver, ['out', 'in']);
  checkWord('gradient', gradient, ['full', 'last']);
  checkWord('method', method, ['auto', 'plain', 'fast']);
  const formulation = method === 'plain' ? routeByVotes : routeWithoutVotes;
  const settings = { iterations, softmaxOver, gradient, epsilon };
  return formulation(
    u as tf.Tensor3D,
    weight as tf.Tensor4D,
    bias as tf.Tensor2D | undefined,
    settings,
    observe,
  );
}

/** Procedure 1 as the paper writes it: every vote is there to be seen. */
function routeByVotes(
  u: tf.Tensor3D,
  weight: tf.Tensor4D,
  bias: tf.Tensor2D | undefined,
  { iterations, softmaxOver, gradient, epsilon }: RoutingSettings,
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
    const couplings = softmaxOver === 'out' ? tf.softmax(logits, 2) : softmaxOverChildren(logits); // [batch, in, out]

    // Line 5: $s_j \leftarrow \sum_i c_{ij} \hat u_{j|i}$
    const sum = tf.sum(tf.mul(tf.expandDims(couplings, 3), votes), 1); // [batch, out, outDim]

    // Line 6: $v_j \leftarrow \mathrm{squash}(s_j)$
    const capsules = squash(bias ? tf.add(sum, bias) : sum, { epsilon }) as tf.Tensor3D;
    observe(iteration, () => couplings, capsules);

    // The paper updates the logits once more, which nothing reads.
    if (isLast) return capsules;

    // Line 7: $b_{ij} \leftarrow b_{ij} + \hat u_{j|i} \cdot v_j$
    const agreement = tf.sum(tf.mul(votes, tf.expandDims(capsules, 1)), 3); // [batch, in, out]
    logits = tf.add(logits, agreement);
  }
}

/** [batch, in, inDim] and [in, out, inDim, outDim] -> [batch, in, out, outDim], as one product per child. */
function predictVotes(u: tf.Tensor3D, weight: tf.Tensor4D): tf.Tensor4D {
  const [children, parents, inDim, outDim] = weight.shape;
  const byChild = tf.transpose(u, [1, 0, 2]); // [in, batch, inDim]
  const matrices = tf.reshape(tf.transpose(weight, [0, 2, 1, 3]), [children, inDim, parents * outDim]);
  const votes = tf.matMul(byChild, matrices); // [in, batch, out * outDim]
  return tf.reshape(tf.transpose(votes, [1, 0, 2]), [-1, children, parents, outDim]);
}

/** tfjs has softmax over the last axis only. */
function softmaxOverChildren(logits: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(tf.softmax(tf.transpose(logits, [0, 2, 1])), [0, 2, 1]);
}

function stopGradient<T extends tf.Tensor>(x: T): T {
  return tf.customGrad(x => ({ value: tf.clone(x as tf.Tensor), gradFunc: dy => tf.zerosLike(dy) }))(x) as T;
}

function checkWord(option: string, found: string, words: readonly string[]): void {
  if (!words.includes(found)) {
    throw new Error(`dynamicRouting: expected ${option} to be ${words.join(' or ')}, found ${found}`);
  }
}

function checkShapes(u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined): void {
  const [children, parents, inDim, outDim] = weight.shape;
  if (weight.rank !== 4) {
    throw new Error(`dynamicRouting: expected weight [in, out, inDim, outDim], found [${weight.shape}]`);
  }
  if (u.rank !== 3 || u.shape[1] !== children || u.shape[2] !== inDim) {
    throw new Error(
      `dynamicRouting: expected u [batch, ${children}, ${inDim}] for weight [${weight.shape}], found [${u.shape}]`,
    );
  }
  if (bias && (bias.rank !== 2 || bias.shape[0] !== parents || bias.shape[1] !== outDim)) {
    throw new Error(
      `dynamicRouting: expected bias [${parents}, ${outDim}] for weight [${weight.shape}], found [${bias.shape}]`,
    );
  }
}
