import { wrongValue } from '../../configuration/check';
import { convolvedSize } from '../../convolution/convolved-size';
import type { CapsuleGrid, Connection } from '../../routing/routing';
import { routingOf } from '../../routing/routings';
import type { CapsNetConfig } from './config';

/** How a network's layers lie on each other. */
export interface Geometry {
  /** Channels of what the primary capsules' convolution sees. */
  readonly channelsBelow: number;
  readonly primary: CapsuleGrid;
  /** Of each routed layer, the class capsules last. */
  readonly connections: readonly Connection[];
  /** Where in the image the places of the primary capsules look: centre of the first, distance to the next, side, in pixels. */
  readonly receptiveField: { readonly first: number; readonly step: number; readonly side: number };
}

/**
 * The sizes of a network's layers, from its configuration alone: nothing is allocated.
 *
 * @throws CapsnetError `invalid-argument` where a kernel is larger than what is left of the image
 */
export function geometryOf(config: CapsNetConfig): Geometry {
  const { image, convolutions, primary, hidden, classes, classDim } = config;
  let { height, width } = image;
  let [step, side] = [1, 1];
  const convolve = (path: string, { kernelSize, strides }: { kernelSize: number; strides: number }) => {
    const left = Math.min(height, width);
    if (kernelSize > left)
      throw wrongValue(
        'capsNet',
        `${path}.kernelSize`,
        `at most ${left}, what is left of the image`,
        kernelSize,
      );
    height = convolvedSize(height, kernelSize, strides);
    width = convolvedSize(width, kernelSize, strides);
    side += (kernelSize - 1) * step;
    step *= strides;
  };
  for (const [index, convolution] of convolutions.entries()) convolve(`convolutions.${index}`, convolution);
  convolve('primary', primary);
  const receptiveField = { first: side / 2, step, side };

  const first: CapsuleGrid = { height, width, channels: primary.channels, dim: primary.dim };
  let lower = first;
  const routed = [...hidden, { capsules: classes, dim: classDim, kernelSize: null, strides: 1 }];
  const connections = routed.map(({ capsules, dim, kernelSize, strides }, index): Connection => {
    if (kernelSize === null) [height, width] = [1, 1];
    else convolve(`hidden.${index}`, { kernelSize, strides });
    const higher = { height, width, channels: capsules, dim };
    const connection = { lower, higher, window: kernelSize === null ? undefined : { kernelSize, strides } };
    lower = higher;
    return connection;
  });
  const channelsBelow = convolutions.at(-1)?.filters ?? image.channels;
  return { channelsBelow, primary: first, connections, receptiveField };
}

/** @throws CapsnetError `invalid-argument` for values that are right each by itself and do not fit each other */
export function expectToFit(config: CapsNetConfig): void {
  const { primary, routing } = config;
  const { channelsBelow, connections } = geometryOf(config);
  const features = primary.channels * primary.dim;
  const { activation, weights } = routingOf(routing);
  if (primary.depthwise && features !== channelsBelow) {
    const expected = `${channelsBelow}, the channels below, to be depthwise`;
    throw wrongValue('capsNet', 'primary.channels * primary.dim', expected, features);
  }
  if (primary.depthwise && activation === 'separate') {
    throw wrongValue('capsNet', 'primary.depthwise', `false for routing.type "${routing.type}"`, true);
  }
  for (const connection of connections) weights(connection, routing);
}
