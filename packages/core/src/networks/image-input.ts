import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { applied } from '../layers/apply-layer';
import type { ImageFormat } from './image';

/** Where images in 0..1 enter a network, and what its first layer sees of them. */
export function imageInput({ height, width, channels, mean, standardDeviation }: ImageFormat): {
  readonly image: SymbolicTensor;
  readonly normalised: SymbolicTensor;
} {
  const image = input({ shape: [height, width, channels], name: 'image' });
  if (mean === 0 && standardDeviation === 1) return { image, normalised: image };
  const options = { scale: 1 / standardDeviation, offset: -mean / standardDeviation, name: 'normalised' };
  return { image, normalised: applied(layers.rescaling(options), image) };
}
