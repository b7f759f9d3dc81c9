import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { applied } from '../../layers/apply-layer';
import type { CapsNetConfig } from './config';
import type { initializersOf } from './initializers';

/** The masked capsules through ReLU layers and a sigmoid one: [batch, classes * classDim] -> image. */
export function decoderOf(
  { image, classes, classDim }: CapsNetConfig,
  { hidden }: NonNullable<CapsNetConfig['decoder']>,
  initial: ReturnType<typeof initializersOf>,
): LayersModel {
  const masked = input({ shape: [classes * classDim], name: 'masked' });
  const pixels = image.height * image.width * image.channels;
  let x: SymbolicTensor = masked;
  [...hidden, pixels].forEach((units, index) => {
    const isLast = index === hidden.length;
    const activation = isLast ? ('sigmoid' as const) : ('relu' as const);
    x = applied(
      layers.dense({ units, activation, name: `decoder${index + 1}`, ...initial.dense(isLast) }),
      x,
    );
  });
  const { height, width, channels } = image;
  const reconstruction = applied(
    layers.reshape({ targetShape: [height, width, channels], name: 'reconstruction' }),
    x,
  );
  return model({ inputs: masked, outputs: reconstruction, name: 'decoder' });
}
