import type { CapsNetConfig } from './capsnet-config';

/** The names and shapes of a network's weights, from its configuration alone: nothing is allocated. */
export function weightShapes({
  image,
  classes,
  classDim,
  convolutions,
  primary,
  hidden,
  routing,
  decoder,
}: CapsNetConfig): Record<string, readonly number[]> {
  const shapes: Record<string, readonly number[]> = {};
  let [height, width, below] = [image.height, image.width, image.channels];
  const convolve = (
    name: string,
    { kernel, stride, filters }: { kernel: number; stride: number; filters: number },
  ) => {
    shapes[`${name}/kernel`] = [kernel, kernel, below, filters];
    shapes[`${name}/bias`] = [filters];
    height = Math.floor((height - kernel) / stride) + 1;
    width = Math.floor((width - kernel) / stride) + 1;
    below = filters;
  };
  convolutions.forEach((convolution, index) => {
    convolve(`conv${index + 1}`, convolution);
    if (!convolution.batchNorm) return;
    for (const weight of ['gamma', 'beta', 'moving_mean', 'moving_variance']) {
      shapes[`norm${index + 1}/${weight}`] = [convolution.filters];
    }
  });
  convolve('primary', { ...primary, filters: primary.channels * primary.dim });
  if (primary.depthwise) shapes['primary/kernel'] = [primary.kernel, primary.kernel, below, 1];

  let [children, inDim] = [height * width * primary.channels, primary.dim];
  const route = (name: string, parents: number, outDim: number) => {
    shapes[`${name}/kernel`] = [children, parents, inDim, outDim];
    if (routing.bias)
      shapes[`${name}/bias`] = routing.type === 'self-attention' ? [children, parents] : [parents, outDim];
    [children, inDim] = [parents, outDim];
  };
  hidden.forEach(({ capsules, dim }, index) => {
    route(`capsules${index + 1}`, capsules, dim);
  });
  route('classes', classes, classDim);

  if (decoder) {
    let inputs = classes * classDim;
    [...decoder.hidden, image.height * image.width * image.channels].forEach((units, index) => {
      shapes[`decoder${index + 1}/kernel`] = [inputs, units];
      shapes[`decoder${index + 1}/bias`] = [units];
      inputs = units;
    });
  }
  return shapes;
}
