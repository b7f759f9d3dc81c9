import {
  type CapsNet,
  type CapsNetConfig,
  type Cnn,
  type CnnConfig,
  capsNet,
  capsuleLength,
  checkCnnConfig,
  checkConfig,
  cnn,
} from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';

/** What can be trained here: a capsule network, or one without capsules to compare it with. */
export type Network = CapsNet | Cnn;
export type NetworkConfig = CapsNetConfig | CnnConfig;

export function isCapsNet(network: Network): network is CapsNet {
  return !('dense' in network.config);
}

/** @throws when the configuration cannot be built */
export function networkOf(config: NetworkConfig): Network {
  return 'dense' in config ? cnn(config) : capsNet(config);
}

/** @throws when the configuration cannot be built */
export function checkNetwork(config: NetworkConfig): void {
  if ('dense' in config) checkCnnConfig(config);
  else checkConfig(config);
}

/** How much each class is seen in images [n, height, width, channels]: lengths of capsules, or probabilities; [n, classes]. */
export function scoresOf(network: Network, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(
    () =>
      (isCapsNet(network)
        ? capsuleLength(network.capsules(images))
        : network.inference.apply(images)) as tf.Tensor2D,
  );
}
