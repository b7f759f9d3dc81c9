import {
  type CapsNet,
  type LabelledImages,
  type MarginLossOptions,
  marginLoss,
  maskCapsules,
  reconstructionLoss,
} from '@capsnet/core';
import type { Optimizer } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Phase } from './protocol';

/**
 * One training step, layer by layer. Between layers stands an identity that takes the time when the activation passes it
 * forward and when its gradient passes it backward; kernels are synchronous, so that is when the work is done.
 */
export function phasesOfStep(
  network: CapsNet,
  optimizer: Optimizer,
  { images, labels }: LabelledImages,
): Phase[] {
  const { config, training, variables } = network;
  const layer = (name: string) => training.getLayer(name) as unknown as LayersModel;
  const clock = { forward: [] as number[], backward: [] as number[] };
  const mark = <T extends tf.Tensor>(x: T): T => {
    clock.forward.push(performance.now());
    return tf.customGrad(x => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: dy => {
        clock.backward.unshift(performance.now());
        return tf.clone(dy);
      },
    }))(x) as T;
  };

  const start = performance.now();
  const { value, grads } = tf.variableGrads(() => {
    let x: tf.Tensor = images;
    for (const name of ['conv1', 'primary', 'classes']) {
      x = mark(layer(name).apply(x, { training: true }) as tf.Tensor);
    }
    const capsules = x as tf.Tensor3D;
    const decoded = layer('decoder').apply(maskCapsules(capsules, labels), { training: true }) as tf.Tensor;
    const reconstruction = mark(decoded);
    const loss = tf.add(
      marginLoss(labels, capsules, config.loss as MarginLossOptions),
      tf.mul(reconstructionLoss(reconstruction, images, config.decoder!), config.decoder!.weight),
    );
    clock.forward.push(performance.now());
    return loss as tf.Scalar;
  });
  value.dataSync();
  const end = performance.now();

  const before = performance.now();
  optimizer.apply(
    Object.fromEntries(Object.entries(variables).map(([name, { name: unique }]) => [name, grads[unique]!])),
  );
  const after = performance.now();
  tf.dispose([value, grads]);

  const { forward, backward } = clock;
  const names = ['convolution', 'primary capsules', 'routing', 'decoder', 'losses'];
  const lossSeen = forward[forward.length - 1]!;
  return [
    ...names.map((name, index) => ({
      name,
      forward: (forward[index]! - (forward[index - 1] ?? start)) / 1000,
      backward: ((backward[index - 1] ?? end) - (backward[index] ?? lossSeen)) / 1000,
    })),
    { name: 'Adam', forward: (after - before) / 1000, backward: null },
  ];
}
