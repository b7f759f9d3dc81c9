import { CapsnetError } from '@capsnet/checks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Connection } from './routing';

/**
 * That capsules, weight and bias fit each other.
 *
 * @param biasShape of the weight's sizes, what the bias must be
 * @throws CapsnetError `invalid-tensor` in the name of `caller`
 */
export function expectRoutingShapes(
  caller: string,
  u: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  biasShape: (sizes: { children: number; parents: number; outDim: number }) => readonly [number, number],
): void {
  if (weight.rank !== 4) {
    throw wrong(caller, 'weight [in, out, inDim, outDim]', weight);
  }
  const [children, parents, inDim, outDim] = weight.shape as [number, number, number, number];
  if (u.rank !== 3 || u.shape[1] !== children || u.shape[2] !== inDim) {
    throw wrong(caller, `u [batch, ${children}, ${inDim}] for weight [${weight.shape}]`, u);
  }
  const expected = biasShape({ children, parents, outDim });
  if (bias && bias.shape.join() !== expected.join()) {
    throw wrong(caller, `bias [${expected.join(', ')}] for weight [${weight.shape}]`, bias);
  }
}

/** @throws CapsnetError `invalid-argument` for a convolutional capsule layer, which not every routing fills */
export function expectFullConnection(type: string, { window }: Connection): void {
  if (!window) return;
  throw new CapsnetError(
    'invalid-argument',
    `routing.type "${type}" fills no convolutional capsule layer: expected no kernelSize, found ${window.kernelSize}`,
  );
}

function wrong(caller: string, expected: string, found: tf.Tensor): CapsnetError {
  return new CapsnetError('invalid-tensor', `${caller}: expected ${expected}, found [${found.shape}]`);
}
