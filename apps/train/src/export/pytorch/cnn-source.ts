import type { Cnn } from '@capsnet/core';
import type { NetworkSource } from './source';

/** A network without capsules. */
export function cnnSource({ config, variables }: Cnn): NetworkSource {
  const { convolutions, dense, image } = config;
  const layers: string[] = [];
  const forward: string[] = [];
  let { height, width, channels } = image;
  convolutions.forEach(({ filters, kernelSize, strides, pool }, index) => {
    const name = `conv${index + 1}`;
    layers.push(`self.${name} = nn.Conv2d(${channels}, ${filters}, ${kernelSize}, ${strides})`);
    const zeros = [width, height].flatMap(size => {
      const all = Math.max(0, (Math.ceil(size / strides) - 1) * strides + kernelSize - size);
      return [Math.floor(all / 2), Math.ceil(all / 2)];
    });
    forward.push(`x = F.relu(self.${name}(F.pad(x, [${zeros.join(', ')}])))`);
    if (pool > 1) forward.push(`x = F.max_pool2d(x, ${pool})`);
    const along = (size: number) => Math.floor(Math.ceil(size / strides) / pool);
    [height, width, channels] = [along(height), along(width), filters];
  });
  forward.push('x = x.flatten(1)');
  for (const name of [...dense.keys()].map(index => `dense${index + 1}`).concat('classes')) {
    layers.push(`self.${name} = nn.Linear(${variables[`${name}/kernel`]!.shape.join(', ')})`);
    if (name !== 'classes') forward.push(`x = F.relu(self.${name}(x))`);
  }
  forward.push("return {'probabilities': self.classes(x).softmax(1)}");
  return { definitions: [], layers, forward };
}
