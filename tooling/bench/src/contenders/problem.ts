import type { CapsNetConfig } from '@capsnet/core';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';

/** What all contenders compute: the same weights, images and labels, in one safetensors file in PyTorch's layout. */
export interface Problem {
  readonly config: CapsNetConfig;
  /** By their names in labml's PyTorch model. */
  readonly weights: Readonly<Record<string, FloatTensor>>;
  /** [batch, height, width, channels] */
  readonly images: FloatTensor;
  /** [batch] */
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Of Adam; so low that rounding, which its first steps amplify, keeps the contenders' losses together. */
export const learningRate = 1e-4;

/**
 * A problem with weights as they are at the start of a training: uniform within 1 / sqrt(fan-in), biases too, so that a
 * bias in the wrong place shows. The same for every machine.
 *
 * @param config one convolution before the primary capsules, no hidden capsule layers, with a decoder, losses as in the
 *   paper
 */
export function makeProblem(config: CapsNetConfig, batch: number): Problem {
  const { height, width, channels } = config.image;
  const labels = Int32Array.from({ length: batch }, (_, index) => (7 * index) % config.classes);
  let salt = 1;
  const weights: Record<string, FloatTensor> = {};
  for (const [name, { shape, scale }] of Object.entries(weightsInPyTorch(config))) {
    weights[name] = noise(shape, salt++, scale);
  }
  const { shape, data } = noise([batch, height, width, channels], salt, 0.5);
  return { config, weights, images: { shape, data: data.map(value => value + 0.5) }, labels };
}

function weightsInPyTorch(config: CapsNetConfig): Record<string, { shape: number[]; scale: number }> {
  const { image, convolutions, primary, classes, classDim, decoder } = config;
  const [first, ...more] = convolutions;
  if (!first || more.length > 0 || config.hidden.length > 0 || !decoder) {
    throw new Error(
      'makeProblem: expected one convolution, no hidden capsule layers and a decoder in the config',
    );
  }
  const along = (size: number) => {
    const features = Math.floor((size - first.kernelSize) / first.strides) + 1;
    return Math.floor((features - primary.kernelSize) / primary.strides) + 1;
  };
  const children = primary.channels * along(image.height) * along(image.width);
  const shapes: Record<string, { shape: number[]; scale: number }> = {};

  const convolution = (name: string, filters: number, below: number, kernel: number) => {
    const scale = 1 / Math.sqrt(below * kernel * kernel);
    shapes[`${name}.weight`] = { shape: [filters, below, kernel, kernel], scale };
    shapes[`${name}.bias`] = { shape: [filters], scale };
  };
  convolution('conv1', first.filters, image.channels, first.kernelSize);
  convolution('conv2', primary.channels * primary.dim, first.filters, primary.kernelSize);
  // Standard deviation .1, as in the authors' code.
  shapes['digit_capsules.weight'] = {
    shape: [children, classes, primary.dim, classDim],
    scale: 0.1 * Math.sqrt(3),
  };
  let inputs = classes * classDim;
  const pixels = image.height * image.width * image.channels;
  [...decoder.hidden, pixels].forEach((units, index) => {
    const scale = 1 / Math.sqrt(inputs);
    shapes[`decoder.${2 * index}.weight`] = { shape: [units, inputs], scale };
    shapes[`decoder.${2 * index}.bias`] = { shape: [units], scale };
    inputs = units;
  });
  return shapes;
}

/** Routing and loss, which the contenders write out as the paper has them. */
export function ofPaper({ routing, loss }: CapsNetConfig) {
  if (routing.type !== 'dynamic' || loss.type !== 'margin') {
    throw new Error(`expected dynamic routing and the margin loss, found ${routing.type} and ${loss.type}`);
  }
  return { routing, margin: loss };
}

/** Numbers spread over -scale..scale: a hash of their indices. */
function noise(shape: readonly number[], salt: number, scale: number): FloatTensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < data.length; index++) {
    let hash = Math.imul(index, 2654435761) + Math.imul(salt, 2246822519);
    hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489917);
    data[index] = scale * (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1);
  }
  return { shape, data };
}

/** One file, for contenders in TypeScript (`config`) and in Python (`options`). */
export function encodeProblem({ config, weights, images, labels }: Problem): Uint8Array<ArrayBuffer> {
  const { convolutions, primary, decoder } = config;
  const { routing, margin } = ofPaper(config);
  const options = {
    strides: [convolutions[0]!.strides, primary.strides],
    dim: primary.dim,
    iterations: routing.iterations,
    softmaxOver: routing.over,
    mPositive: margin.mPositive,
    mNegative: margin.mNegative,
    lambda: margin.lambda,
    reconstructionWeight: decoder!.weight,
    learningRate,
  };
  const float = ({ shape, data }: FloatTensor): TensorEntry => ({ dtype: 'F32', shape: [...shape], data });
  return encodeSafetensors(
    {
      ...Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, float(tensor)])),
      images: float(images),
      labels: { dtype: 'I32', shape: [labels.length], data: labels },
    },
    { config: JSON.stringify(config), options: JSON.stringify(options) },
  );
}

export function decodeProblem(bytes: Uint8Array): Problem {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { images, labels, ...weights } = tensors as Record<string, FloatTensor | undefined>;
  return {
    config: JSON.parse(metadata.config!),
    weights: weights as Problem['weights'],
    images: images!,
    labels: labels!.data as unknown as Problem['labels'],
  };
}
