import type { CnnConfig } from './config';

/** The names and shapes of a network's weights, from its configuration alone: nothing is allocated. */
export function cnnWeightShapes(config: CnnConfig): Record<string, readonly number[]> {
  const { image, classes, convolutions, dense } = config;
  const shapes: Record<string, readonly number[]> = {};
  let below = image.channels;
  for (const [index, { filters, kernelSize }] of convolutions.entries()) {
    shapes[`conv${index + 1}/kernel`] = [kernelSize, kernelSize, below, filters];
    shapes[`conv${index + 1}/bias`] = [filters];
    below = filters;
  }
  const features = cnnFeatures(config);
  below = features.height * features.width * features.channels;
  [...dense, classes].forEach((units, index) => {
    const name = index === dense.length ? 'classes' : `dense${index + 1}`;
    shapes[`${name}/kernel`] = [below, units];
    shapes[`${name}/bias`] = [units];
    below = units;
  });
  if (dense.length > 0) shapes['dropout/step'] = [];
  return shapes;
}

/** What the convolutions leave of an image. */
export function cnnFeatures({ image, convolutions }: CnnConfig): {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
} {
  const left = (size: number) =>
    convolutions.reduce((size, { strides, pool }) => Math.floor(Math.ceil(size / strides) / pool), size);
  const channels = convolutions.at(-1)?.filters ?? image.channels;
  return { height: left(image.height), width: left(image.width), channels };
}
