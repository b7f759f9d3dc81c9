import type { CapsNetConfig } from '@capsnet/core';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import type { FloatTensor, Spread } from '../networks/bench-network';
import { type NetworkName, networks } from '../networks/networks';

/** What all contenders compute: the same weights, images and labels, in one safetensors file in PyTorch's layout. */
export interface Problem {
  readonly network: NetworkName;
  readonly config: CapsNetConfig;
  /** By their names in the script in PyTorch. */
  readonly weights: Readonly<Record<string, FloatTensor>>;
  /** [batch, height, width, channels] */
  readonly images: FloatTensor;
  /** [batch] */
  readonly labels: Int32Array<ArrayBuffer>;
}

/** Of Adam; so low that rounding, which its first steps amplify, keeps the contenders' losses together. */
export const learningRate = 1e-4;

/**
 * A problem with weights as they are at the start of a training. The same for every machine.
 *
 * @throws for a config that the script in PyTorch cannot express
 */
export function makeProblem(
  network: NetworkName,
  batch: number,
  config: CapsNetConfig = networks[network].config,
): Problem {
  const { height, width, channels } = config.image;
  const labels = Int32Array.from({ length: batch }, (_, index) => (7 * index) % config.classes);
  let salt = 1;
  const weights: Record<string, FloatTensor> = {};
  for (const [name, spread] of Object.entries(networks[network].weights(config))) {
    weights[name] = noise(spread, salt++);
  }
  const images = noise({ shape: [batch, height, width, channels], scale: 0.5, offset: 0.5 }, salt);
  return { network, config, weights, images, labels };
}

/** Numbers without a pattern: a hash of their indices. */
function noise({ shape, scale, offset = 0 }: Spread, salt: number): FloatTensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < data.length; index++) {
    let hash = Math.imul(index, 2654435761) + Math.imul(salt, 2246822519);
    hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489917);
    data[index] = offset + scale * (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1);
  }
  return { shape, data };
}

/** One file, for contenders in TypeScript (`config`) and in Python (`options`). */
export function encodeProblem({
  network,
  config,
  weights,
  images,
  labels,
}: Problem): Uint8Array<ArrayBuffer> {
  const float = ({ shape, data }: FloatTensor): TensorEntry => ({ dtype: 'F32', shape: [...shape], data });
  return encodeSafetensors(
    {
      ...Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, float(tensor)])),
      images: float(images),
      labels: { dtype: 'I32', shape: [labels.length], data: labels },
    },
    {
      network,
      config: JSON.stringify(config),
      options: JSON.stringify({ ...networks[network].options(config), learningRate }),
    },
  );
}

export function decodeProblem(bytes: Uint8Array): Problem {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { images, labels, ...weights } = tensors as Record<string, FloatTensor | undefined>;
  return {
    network: metadata.network as NetworkName,
    config: JSON.parse(metadata.config!),
    weights: weights as Problem['weights'],
    images: images!,
    labels: labels!.data as unknown as Problem['labels'],
  };
}

/** Images of one channel as JSON has them, [image][row][column], with three decimals. */
export function asRows({ shape, data }: FloatTensor): number[][][] {
  const [count, height, width] = shape as [number, number, number];
  const rounded = Array.from(data, value => Math.round(1000 * value) / 1000);
  return Array.from({ length: count }, (_, image) =>
    Array.from({ length: height }, (_, row) => {
      const start = (image * height + row) * width;
      return rounded.slice(start, start + width);
    }),
  );
}
