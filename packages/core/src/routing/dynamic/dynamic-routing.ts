import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { checked } from '../../configuration/check';
import type { Routing, RoutingObserver } from '../routing';
import { expectFullConnection, expectRoutingShapes } from '../shapes';
import { traced } from '../trace';
import { predictVotes } from '../votes';
import { hasRoutingKernel, routeByKernel } from './routing-by-kernel';
import { routeByVotes } from './routing-by-votes';
import { routeWithoutVotes } from './routing-without-votes';
import { type DynamicRoutingSettings, dynamicSchema } from './settings';

/** As under `routing` in a configuration, with the tensors and the epsilon that go with it; all of it has defaults. */
export interface DynamicRoutingOptions extends Partial<DynamicRoutingSettings> {
  /** [out, outDim], added to s in every iteration, as in the authors' code. Default none. */
  readonly bias?: tf.Tensor | undefined;
  /** The squash's epsilon. Default 1e-8. */
  readonly epsilon?: number;
  /** Whether to return the couplings and capsules of every iteration. Default false. */
  readonly trace?: boolean;
}

/** What one iteration of dynamic routing found. */
export interface DynamicRoutingIteration {
  /** $c_{ij}$ [batch, in, out] */
  readonly couplings: tf.Tensor3D;
  /** $v_j$ [batch, out, outDim] */
  readonly capsules: tf.Tensor3D;
}

export interface DynamicRouting extends DynamicRoutingIteration {
  /** Every iteration, the first one first, if `trace` was asked for. */
  readonly trace?: readonly DynamicRoutingIteration[];
}

/**
 * Dynamic routing between capsules (the paper's procedure 1): each lower capsule sends its output to the higher ones
 * that agree with its votes.
 *
 * @param u      lower capsules [batch, in, inDim]
 * @param weight $W_{ij}$ [in, out, inDim, outDim]. Vectors are rows here: a vote is $u_i W_{ij}$, where the paper, whose
 *   vectors are columns, has the transpose
 * @returns the higher capsules [batch, out, outDim] and the couplings [batch, in, out] of the last iteration. The
 *   capsules are differentiable; couplings and trace are for reading. All of them are the caller's to dispose of.
 * @throws CapsnetError if shapes do not fit each other or an option is out of range
 */
export function dynamicRouting(
  u: tf.Tensor,
  weight: tf.Tensor,
  { bias, epsilon, trace = false, ...options }: DynamicRoutingOptions = {},
): DynamicRouting {
  const settings = checked(dynamicSchema, options, 'dynamicRouting');
  if (settings.useBias && !bias) {
    throw new CapsnetError(
      'invalid-argument',
      'dynamicRouting: expected a bias [out, outDim], since useBias is true, found none: give it as `bias`',
    );
  }
  return tf.tidy(() => {
    const { capsules, iterations } = traced(
      observe => ({ poses: route(u, weight, bias, settings, epsilon, observe) }),
      iteration => trace || iteration === settings.iterations,
    );
    const steps = iterations.map(({ couplings, poses }) => ({ couplings, capsules: poses }));
    const last = { couplings: tf.clone(steps[steps.length - 1]!.couplings), capsules: capsules.poses };
    return trace ? { ...last, trace: steps } : last;
  });
}

/** Dynamic routing as one of the ways in which capsules find their parents. */
export const dynamic = {
  type: 'dynamic',
  schema: dynamicSchema,
  activation: 'length',
  weights(connection, { useBias }) {
    expectFullConnection('dynamic', connection);
    const { lower, higher } = connection;
    return {
      kernel: {
        shape: [lower.height * lower.width * lower.channels, higher.channels, lower.dim, higher.dim],
      },
      ...(useBias && {
        bias: {
          shape: [higher.channels, higher.dim],
          initializer: initializers.constant({ value: 0.1 }),
        },
      }),
    };
  },
  votes: ({ poses }, { kernel }) => predictVotes(poses, kernel as tf.Tensor4D),
  route: ({ poses }, { kernel, bias }, _, settings, observe) => ({
    poses: route(poses, kernel!, bias, settings, undefined, observe),
  }),
} satisfies Routing<DynamicRoutingSettings>;

function route(
  u: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  settings: DynamicRoutingSettings,
  epsilon = 1e-8,
  observe?: RoutingObserver,
): tf.Tensor3D {
  expectRoutingShapes('dynamicRouting', u, weight, bias, ({ parents, outDim }) => [parents, outDim]);
  const inputs = [u as tf.Tensor3D, weight as tf.Tensor4D, bias as tf.Tensor2D | undefined] as const;
  const all = { ...settings, epsilon };
  // A kernel keeps its iterations to itself.
  if (settings.method === 'auto' && !observe && hasRoutingKernel(all)) return routeByKernel(...inputs, all);
  const formulation = settings.method === 'plain' ? routeByVotes : routeWithoutVotes;
  return formulation(...inputs, all, observe ?? (() => {}));
}
