import { type CapsNet, geometryOf } from '@capsnet/core';
import { routingSourceOf } from './routing-sources';
import type { NetworkSource } from './source';
import { squashSources } from './squash-sources';

/** A capsule network. */
export function capsNetSource({ config, inference }: CapsNet): NetworkSource {
  const { convolutions, primary, classes, classDim, decoder, image } = config;
  const { connections } = geometryOf(config);
  const { height, width } = connections[0]!.lower;
  const { squash, definition, construct } = routingSourceOf(config.routing);
  const isEm = config.routing.type === 'em';
  const layers: string[] = [];
  const forward: string[] = [];

  let below = image.channels;
  convolutions.forEach(({ filters, kernelSize, strides, batchNorm }, index) => {
    const number = index + 1;
    layers.push(`self.conv${number} = nn.Conv2d(${below}, ${filters}, ${kernelSize}, ${strides})`);
    below = filters;
    forward.push(`x = F.relu(self.conv${number}(x))`);
    if (!batchNorm) return;
    const { epsilon } = inference.getLayer(`norm${number}`).getConfig();
    layers.push(`self.norm${number} = nn.BatchNorm2d(${filters}, eps=${epsilon})`);
    forward.push(`x = self.norm${number}(x)`);
  });

  const { channels, dim, kernelSize, strides, depthwise } = primary;
  const conv = `conv${convolutions.length + 1}`;
  const features = channels * (isEm ? dim + 1 : dim);
  const groups = depthwise ? `, groups=${features}` : '';
  layers.push(`self.${conv} = nn.Conv2d(${below}, ${features}, ${kernelSize}, ${strides}${groups})`);
  const places = height * width;
  if (isEm) {
    forward.push(
      `x = self.${conv}(x).permute(0, 2, 3, 1).reshape(-1, ${places}, ${features})`,
      `v = x[..., :${channels * dim}].reshape(-1, ${places * channels}, ${dim})`,
      `a = x[..., ${channels * dim}:].reshape(-1, ${places * channels}).sigmoid()`,
    );
  } else if (depthwise) {
    forward.push(
      `x = self.${conv}(x).reshape(-1, ${channels}, ${dim}, ${places}).transpose(2, 3)`,
      `v = ${squashSources[primary.squash].name}(x.reshape(-1, ${channels * places}, ${dim}))`,
    );
  } else {
    forward.push(
      `x = self.${conv}(x).reshape(-1, ${dim}, ${channels * places}).transpose(1, 2)`,
      `v = ${squashSources[primary.squash].name}(x)`,
    );
  }

  connections.forEach((connection, index) => {
    const name = index === connections.length - 1 ? 'digit_capsules' : `capsules${index + 1}`;
    layers.push(`self.${name} = ${construct(connection)}`);
    forward.push(isEm ? `v, a = self.${name}(v, a)` : `v = self.${name}(v)`);
  });
  if (!isEm) forward.push('a = v.norm(dim=2)');

  if (decoder) {
    const sizes = [classes * classDim, ...decoder.hidden, image.height * image.width * image.channels];
    const steps = sizes.slice(1).map((units, index) => {
      const activation = index === sizes.length - 2 ? 'nn.Sigmoid()' : 'nn.ReLU()';
      return `    nn.Linear(${sizes[index]}, ${units}), ${activation},`;
    });
    layers.push('self.decoder = nn.Sequential(', ...steps, ')');
    forward.push(
      `kept = v * F.one_hot(a.argmax(1), ${classes})[..., None]`,
      `drawn = self.decoder(kept.flatten(1)).reshape(-1, ${image.channels}, ${image.height}, ${image.width})`,
      "return {'activations': a, 'capsules': v, 'reconstructions': drawn}",
    );
  } else forward.push("return {'activations': a, 'capsules': v}");

  const squashes = new Set([
    ...(isEm ? [] : [squashSources[primary.squash]]),
    ...(squash ? [squashSources[squash]] : []),
  ]);
  return { definitions: [...[...squashes].map(({ definition }) => definition), definition], layers, forward };
}
