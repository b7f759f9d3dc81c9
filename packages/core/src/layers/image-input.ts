import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { CapsNetConfig } from '../networks/capsnet/capsnet-config';
import { applied } from './apply-layer';

/** Where images in 0..1 enter a network, and what its first layer sees of them. */
export function imageInput({ height, width, channels, mean, deviation }: CapsNetConfig['image']): {
  readonly image: SymbolicTensor;
  readonly normalised: SymbolicTensor;
} {
  const image = input({ shape: [height, width, channels], name: 'image' });
  if (mean === 0 && deviation === 1) return { image, normalised: image };
  const options = { scale: 1 / deviation, offset: -mean / deviation, name: 'normalised' };
  return { image, normalised: applied(layers.rescaling(options), image) };
}
