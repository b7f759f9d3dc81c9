import type { CnnConfig } from './config';

/** The names and shapes of a network's weights, from its configuration alone: nothing is allocated. */
export function cnnWeightShapes({
  image,
  classes,
  convolutions,
  dense,
}: CnnConfig): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  let { height, width, channels } = image;
  convolutions.forEach(({ filters, kernelSize, strides, pool }, index) => {
    shapes[`conv${index + 1}/kernel`] = [kernelSize, kernelSize, channels, filters];
    shapes[`conv${index + 1}/bias`] = [filters];
    const along = (size: number) => Math.floor(Math.ceil(size / strides) / pool);
    [height, width, channels] = [along(height), along(width), filters];
  });
  let below = height * width * channels;
  [...dense, classes].forEach((units, index) => {
    const name = index === dense.length ? 'classes' : `dense${index + 1}`;
    shapes[`${name}/kernel`] = [below, units];
    shapes[`${name}/bias`] = [units];
    below = units;
  });
  if (dense.length > 0) shapes['dropout/step'] = [];
  return shapes;
}
