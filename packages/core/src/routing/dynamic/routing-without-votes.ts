import * as tf from '@tensorflow/tfjs-core';
import { squash, squashGradient } from '../../capsules/squash';
import type { RoutingObserver } from '../routing';
import { couplingAtStart, couplingsGradient, couplingsOf, rangeOf } from './couplings';
import type { FormulationSettings } from './settings';

/**
 * Dynamic routing that never forms the votes $\hat u_{j|i} = u_i W_{ij}$, by far the largest tensor of a capsule network
 * (94 MB for MNIST at batch 128). Both uses of a vote are linear in it, so the sum and the product change places:
 *
 * $$ s_j = \sum_i (c_{ij} u_i) W_{ij} \qquad a_{ij} = u_i \cdot (v_j W_{ij}^T) $$
 *
 * Each is one product per parent, batched over the parents. With uniform couplings the first iteration is a single one.
 * Forward and backward are written by hand, so the tape keeps only couplings, sums and capsules of each iteration.
 *
 * Within this file capsules lie as [.., inDim, in]: every broadcast and sum then runs along rows of `in` numbers.
 */
export function routeWithoutVotes(
  u: tf.Tensor3D,
  weight: tf.Tensor4D,
  bias: tf.Tensor2D | undefined,
  settings: FormulationSettings,
  observe: RoutingObserver,
): tf.Tensor3D {
  const inputs = bias ? [u, weight, bias] : [u, weight];
  const routing = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as tf.GradSaveFunc;
    const forward = routeForward(layOut(u, weight), bias, settings, observe);
    save([
      u,
      weight,
      ...forward.flatMap(({ sums, capsules, couplings, range }) => [
        sums,
        capsules,
        ...(couplings ? [couplings] : []),
        ...(range ? [range] : []),
      ]),
    ]);
    return {
      value: forward[settings.iterations - 1]!.capsules,
      gradFunc: (dv: tf.Tensor, [u, weight, ...saved]: tf.Tensor[]) =>
        tf.tidy(() => {
          const operands = layOut(u as tf.Tensor3D, weight as tf.Tensor4D);
          const { du, dweight, dbias } = routeBackward(
            operands,
            iterationsOf(saved, settings),
            dv as tf.Tensor3D,
            settings,
          );
          return bias ? [du, dweight, dbias] : [du, dweight];
        }),
    };
  });
  return routing(...inputs) as tf.Tensor3D;
}

/** The saved tensors of each iteration; the first has couplings that nobody wrote down. */
function iterationsOf(
  saved: readonly tf.Tensor[],
  { coupling, iterations }: FormulationSettings,
): Iteration[] {
  const rest = [...saved];
  return Array.from({ length: iterations }, (_, t) => {
    const [sums, capsules] = rest.splice(0, 2) as [tf.Tensor3D, tf.Tensor3D];
    const couplings = t > 0 ? (rest.shift() as tf.Tensor3D) : undefined;
    const range = t > 0 && coupling === 'max-min' ? rest.shift() : undefined;
    return { sums, capsules, couplings, range };
  });
}

/** The inputs as the products below want them. */
interface Operands {
  readonly u: tf.Tensor3D; // [batch, inDim, in]
  readonly byParent: tf.Tensor3D; // [out, inDim * in, outDim]
  readonly together: tf.Tensor2D; // [inDim * in, out * outDim]
  readonly sizes: { batch: number; children: number; parents: number; inDim: number; outDim: number };
}

interface Iteration {
  readonly couplings: tf.Tensor3D | undefined; // [out, batch, in]; undefined for the uniform ones of the first
  readonly range: tf.Tensor | undefined; // of the logits, where couplings are a min-max normalisation
  readonly sums: tf.Tensor3D; // [batch, out, outDim], bias included
  readonly capsules: tf.Tensor3D; // [batch, out, outDim]
}

function layOut(u: tf.Tensor3D, weight: tf.Tensor4D): Operands {
  const [children, parents, inDim, outDim] = weight.shape;
  return {
    u: tf.transpose(u, [0, 2, 1]),
    byParent: tf.reshape(tf.transpose(weight, [1, 2, 0, 3]), [parents, inDim * children, outDim]),
    together: tf.reshape(tf.transpose(weight, [2, 0, 1, 3]), [inDim * children, parents * outDim]),
    sizes: { batch: u.shape[0], children, parents, inDim, outDim },
  };
}

function routeForward(
  operands: Operands,
  bias: tf.Tensor2D | undefined,
  settings: FormulationSettings,
  observe: RoutingObserver,
): Iteration[] {
  const { batch, children, parents } = operands.sizes;
  const { iterations, coupling, epsilon } = settings;
  const axis = axisOf(settings);
  const start = couplingAtStart(settings, operands.sizes);
  const steps: Iteration[] = [];
  let logits: tf.Tensor3D | undefined; // [out, batch, in]; undefined stands for zeros
  for (let t = 1; t <= iterations; t++) {
    const couplings = logits && couplingsOf(logits, coupling, axis);
    const range = logits && coupling === 'max-min' ? rangeOf(logits, axis) : undefined;
    const sum = couplings
      ? tf.tidy(() => sumsOf(weighted(operands.u, couplings, operands.sizes), operands))
      : uniformSums(operands, start);
    const sums = bias ? (tf.add(sum, bias) as tf.Tensor3D) : sum;
    const capsules = squash(sums, { epsilon });
    steps.push({ couplings, range, sums, capsules });
    const laidOut = () =>
      couplings ? tf.transpose(couplings, [1, 2, 0]) : tf.fill<tf.Rank.R3>([batch, children, parents], start);
    observe(t, laidOut, { poses: capsules });
    if (t < iterations) {
      const agreement = agreements(operands, capsules);
      logits = logits ? tf.add(logits, agreement) : agreement;
    }
  }
  return steps;
}

/**
 * The iterations in reverse. The logits of an iteration are the sum of all agreements before it, so `dlogits` gathers
 * what each normalisation hands down and passes it on to every earlier agreement.
 */
function routeBackward(
  operands: Operands,
  forward: readonly Iteration[],
  dv: tf.Tensor3D,
  settings: FormulationSettings,
): { du: tf.Tensor; dweight: tf.Tensor; dbias: tf.Tensor } {
  const { iterations, gradient, epsilon } = settings;
  const { u, sizes } = operands;
  let dcapsules = dv;
  let dlogits: tf.Tensor3D | undefined; // [out, batch, in]
  const du: tf.Tensor[] = []; // of [batch, inDim, in]
  const dbyParent: tf.Tensor[] = []; // of [out, inDim * in, outDim]
  const dbias: tf.Tensor[] = []; // of [out, outDim]

  for (let t = iterations; ; t--) {
    const { couplings, range, sums } = forward[t - 1]!;
    const dsums = squashGradient(sums, dcapsules, epsilon) as tf.Tensor3D;
    dbias.push(tf.sum(dsums, 0));

    // s = sum_i (c u) W
    if (!couplings) {
      const start = couplingAtStart(settings, sizes);
      du.push(uniformInputGradient(operands, dsums, start));
      dbyParent.push(uniformWeightGradient(operands, dsums, start));
      break;
    }
    const back = projected(operands, dsums); // ds W^T: [out, batch, inDim, in]
    du.push(tf.tidy(() => tf.sum(tf.mul(tf.expandDims(couplings, 2), back), 0)));
    dbyParent.push(tf.tidy(() => weightGradient(weighted(u, couplings, sizes), dsums)));
    if (gradient === 'last') break;

    // c = softmax(b), or its min-max normalisation
    const dcouplings = tf.tidy(() => tf.sum(tf.mul(back, u), 2)) as tf.Tensor3D; // [out, batch, in]
    back.dispose();
    const handedDown = couplingsGradient(couplings, dcouplings, axisOf(settings), range);
    dlogits = dlogits ? tf.add(dlogits, handedDown) : handedDown;

    // a = u . (v W^T) of the iteration before
    const before = forward[t - 2]!.capsules;
    du.push(tf.tidy(() => tf.sum(tf.mul(tf.expandDims(dlogits!, 2), projected(operands, before)), 0)));
    const sent = weighted(u, dlogits, sizes);
    dbyParent.push(weightGradient(sent, before));
    dcapsules = sumsOf(sent, operands);
    sent.dispose();
  }

  const { parents, inDim, children, outDim } = sizes;
  const dweight = tf.reshape(tf.addN(dbyParent), [parents, inDim, children, outDim]);
  return {
    du: tf.transpose(tf.addN(du), [0, 2, 1]),
    dweight: tf.transpose(dweight, [2, 0, 1, 3]),
    dbias: tf.addN(dbias),
  };
}

/** The axis of [out, batch, in] over which couplings are normalised: that of the parents, or of the children. */
function axisOf({ over }: FormulationSettings): 0 | 2 {
  return over === 'out' ? 0 : 2;
}

/** $s_j = \sum_i (c_{ij} u_i) W_{ij}$ for weighted capsules [out, batch, inDim * in] -> [batch, out, outDim] */
function sumsOf(sent: tf.Tensor3D, { byParent }: Operands): tf.Tensor3D {
  return tf.tidy(() => tf.transpose(tf.matMul(sent, byParent), [1, 0, 2]) as tf.Tensor3D);
}

/** The same for one coupling everywhere: a single product. */
function uniformSums({ u, together, sizes }: Operands, coupling: number): tf.Tensor3D {
  return tf.tidy(() => {
    const flat = tf.reshape(u, [sizes.batch, sizes.inDim * sizes.children]);
    return tf.reshape(tf.mul(tf.matMul(flat, together), coupling), [
      sizes.batch,
      sizes.parents,
      sizes.outDim,
    ]);
  });
}

/** $a_{ij} = u_i \cdot (v_j W_{ij}^T)$ -> [out, batch, in] */
function agreements(operands: Operands, capsules: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => tf.sum(tf.mul(projected(operands, capsules), operands.u), 2) as tf.Tensor3D);
}

/** $v_j W_{ij}^T$ for [batch, out, outDim] -> [out, batch, inDim, in] */
function projected({ byParent, sizes }: Operands, v: tf.Tensor3D): tf.Tensor4D {
  return tf.tidy(() => {
    const back = tf.matMul(tf.transpose(v, [1, 0, 2]), byParent, false, true); // [out, batch, inDim * in]
    return tf.reshape(back, [sizes.parents, sizes.batch, sizes.inDim, sizes.children]) as tf.Tensor4D;
  });
}

/** $c_{ij} u_i$, what a child sends to each parent before the weights: [out, batch, inDim * in] */
function weighted(u: tf.Tensor3D, couplings: tf.Tensor3D, sizes: Operands['sizes']): tf.Tensor3D {
  return tf.tidy(() => {
    const product = tf.mul(tf.expandDims(couplings, 2), u); // [out, batch, inDim, in]
    return tf.reshape(product, [sizes.parents, sizes.batch, sizes.inDim * sizes.children]);
  });
}

/** $\partial / \partial W_{ij}$ of $\sum_b (c_{ij} u_i) W_{ij} g_j^T$ for g [batch, out, outDim] -> [out, inDim * in, outDim] */
function weightGradient(sent: tf.Tensor3D, g: tf.Tensor3D): tf.Tensor {
  return tf.tidy(() => tf.matMul(sent, tf.transpose(g, [1, 0, 2]), true));
}

/** -> [batch, inDim, in] */
function uniformInputGradient(
  { together, sizes }: Operands,
  dsums: tf.Tensor3D,
  coupling: number,
): tf.Tensor {
  return tf.tidy(() => {
    const flat = tf.mul(tf.reshape(dsums, [sizes.batch, sizes.parents * sizes.outDim]), coupling);
    return tf.reshape(tf.matMul(flat, together, false, true), [sizes.batch, sizes.inDim, sizes.children]);
  });
}

/** -> [out, inDim * in, outDim] */
function uniformWeightGradient({ u, sizes }: Operands, dsums: tf.Tensor3D, coupling: number): tf.Tensor {
  return tf.tidy(() => {
    const { batch, children, parents, inDim, outDim } = sizes;
    const flat = tf.mul(tf.reshape(dsums, [batch, parents * outDim]), coupling);
    const product = tf.matMul(tf.reshape(u, [batch, inDim * children]), flat, true); // [inDim * in, out * outDim]
    return tf.transpose(tf.reshape(product, [inDim * children, parents, outDim]), [1, 0, 2]);
  });
}
