import { nativeAdam } from '@capsnet/backend';
import { type CapsNet, type CapsNetConfig, capsNet, capsNetConfig } from '@capsnet/core';
import { type ImageBatchSource, trainingBatches } from '@capsnet/data';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { adam, constant, type TrainEvent, type TrainOptions, train } from '@capsnet/trainer';

const size = 8;

/** The paper's network, small enough for a step to take milliseconds. */
export const smallConfig: CapsNetConfig = capsNetConfig({
  image: { height: size, width: size },
  classes: 3,
  convolutions: [{ filters: 4, kernelSize: 3 }],
  primary: { channels: 2, dim: 4, kernelSize: 3 },
  classDim: 4,
  decoder: { hidden: [8] },
});

/** Six batches an epoch of random images: what is learnt does not matter here. */
export function smallSource(): ImageBatchSource {
  const count = 48;
  const random = linearCongruential(3);
  const images = {
    data: Uint8Array.from({ length: count * size * size }, () => 255 * random()),
    shape: [count, size, size],
    labels: Uint8Array.from({ length: count }, (_, index) => index % 3),
  };
  return trainingBatches(images, { batchSize: 8, seed: 1, shift: 2 });
}

/** Trains in this process, as the command line does, and gives back what it told. */
export async function trainHere(
  net: CapsNet,
  options: Omit<TrainOptions<never>, 'validation' | 'test'>,
  { source = smallSource(), hear }: { source?: ImageBatchSource; hear?: (event: TrainEvent) => void } = {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  const optimizer: TrainOptions<never>['optimizer'] = variables => nativeAdam(variables) ?? adam(variables);
  for await (const event of train(net, source, { optimizer, schedule: constant(1e-3), ...options })) {
    hear?.(event);
    events.push(event);
  }
  return events;
}

/** Makes a network, uses it and frees it. */
export async function withNet<T>(use: (net: CapsNet) => Promise<T>, config = smallConfig): Promise<T> {
  const net = capsNet(config);
  try {
    return await use(net);
  } finally {
    net.dispose();
  }
}
