import { classLossOf } from '../../losses/class-losses';
import { routingOf } from '../../routing/routings';
import type { CapsNetConfig } from './config';
import { geometryOf } from './geometry';

/** The names and shapes of a network's weights, from its configuration alone: nothing is allocated. */
export function weightShapes(config: CapsNetConfig): Record<string, readonly number[]> {
  const { image, classes, classDim, convolutions, primary, routing, decoder, loss } = config;
  const { activation, weights } = routingOf(routing);
  const { channelsBelow, connections } = geometryOf(config);
  const shapes: Record<string, readonly number[]> = {};

  let below = image.channels;
  for (const [index, { filters, kernelSize, batchNorm }] of convolutions.entries()) {
    shapes[`conv${index + 1}/kernel`] = [kernelSize, kernelSize, below, filters];
    shapes[`conv${index + 1}/bias`] = [filters];
    below = filters;
    if (!batchNorm) continue;
    for (const weight of ['gamma', 'beta', 'moving_mean', 'moving_variance']) {
      shapes[`norm${index + 1}/${weight}`] = [filters];
    }
  }

  const features = primary.channels * (activation === 'length' ? primary.dim : primary.dim + 1);
  const { kernelSize } = primary;
  shapes['primary/kernel'] = [kernelSize, kernelSize, channelsBelow, primary.depthwise ? 1 : features];
  shapes['primary/bias'] = [features];

  for (const [index, connection] of connections.entries()) {
    const layer = routedName(index, connections.length);
    for (const [name, { shape }] of Object.entries(weights(connection, routing))) {
      shapes[`${layer}/${name}`] = shape;
    }
  }

  if (decoder) {
    let inputs = classes * classDim;
    for (const [index, units] of [...decoder.hidden, image.height * image.width * image.channels].entries()) {
      shapes[`decoder${index + 1}/kernel`] = [inputs, units];
      shapes[`decoder${index + 1}/bias`] = [units];
      inputs = units;
    }
  }
  if (classLossOf(loss).countsSteps) shapes['loss/step'] = [];
  return shapes;
}

/** What a routed layer is called: `capsules1`, `capsules2` ..., and the last one `classes`. */
export function routedName(index: number, layers: number): string {
  return index === layers - 1 ? 'classes' : `capsules${index + 1}`;
}
