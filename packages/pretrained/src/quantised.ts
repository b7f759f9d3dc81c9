import { type Bytes, CapsnetError } from '@capsnet/checks';
import { type CapsNet, type CapsNetConfig, decodeCapsNet } from '@capsnet/core';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type TensorEntry,
} from '@capsnet/safetensors';
import { dequantise, quantise } from './quantised-tensor';

/** A network as two small files, of which the first is enough to classify. */
export interface QuantisedFiles {
  /** All but the decoder. */
  readonly weights: Bytes;
  /** `null` for a network without one. */
  readonly decoder: Bytes | null;
}

/** Tensors of fewer elements stay float32, as does every vector: there is nothing to gain. */
const smallest = 4096;
const scaleSuffix = '/scale';

/**
 * A network with its large tensors in int8, a quarter of the size of `encodeNetwork`'s file; small ones, biases and batch
 * normalisation stay float32. What {@link decodeQuantised} makes of it gives the same bytes again.
 */
export async function encodeQuantised({ config, variables }: CapsNet): Promise<QuantisedFiles> {
  const tensors: Record<'weights' | 'decoder', Record<string, TensorEntry>> = { weights: {}, decoder: {} };
  for (const [name, variable] of Object.entries(variables)) {
    const data = (await variable.data()) as Float32Array<ArrayBuffer>;
    const part = tensors[name.startsWith('decoder') ? 'decoder' : 'weights'];
    Object.assign(part, entriesOf(name, variable.shape, data));
  }
  const { decoder, ...classifier } = config;
  return {
    weights: encodeSafetensors(tensors.weights, {
      capsnet: JSON.stringify({ ...classifier, decoder: null }),
    }),
    decoder: decoder && encodeSafetensors(tensors.decoder, { decoder: JSON.stringify(decoder) }),
  };
}

/**
 * The network of the files that {@link encodeQuantised} made, its weights float32. The caller disposes of it.
 *
 * @param files without `decoder`, the network has none: its configuration says `decoder: null`
 * @throws if a file is damaged, is none of these, or holds other tensors than the configuration implies
 */
export function decodeQuantised(files: { weights: Uint8Array; decoder?: Uint8Array | null }): CapsNet {
  const classifier = decodeSafetensors(files.weights);
  let config = classifier.metadata.capsnet;
  let tensors = floatTensors(classifier);
  if (files.decoder) {
    const decoder = decodeSafetensors(files.decoder);
    config = JSON.stringify({
      ...parse(config, 'capsnet'),
      decoder: parse(decoder.metadata.decoder, 'decoder'),
    });
    tensors = [...tensors, ...floatTensors(decoder)];
  }
  const metadata = config === undefined ? {} : { capsnet: config };
  return decodeCapsNet(encodeSafetensors(Object.fromEntries(tensors), metadata));
}

function entriesOf(
  name: string,
  shape: readonly number[],
  data: Float32Array<ArrayBuffer>,
): Record<string, TensorEntry> {
  if (shape.length === 1 || data.length < smallest) return { [name]: { dtype: 'F32', shape, data } };
  const { integers, scales, scaleShape } = quantise(data, shape, channelAxes(name, shape));
  return {
    [name]: { dtype: 'I8', shape, data: integers },
    [name + scaleSuffix]: { dtype: 'F32', shape: scaleShape, data: scales },
  };
}

/** The axes of a kernel's output channels: what is summed over shares a scale. */
function channelAxes(name: string, shape: readonly number[]): readonly number[] {
  // Routing: [in, out, inDim, outDim]
  if (/^(classes|capsules\d+)\//.test(name)) return [1, 3];
  // Depthwise: [height, width, channels, 1]
  if (shape.length === 4 && shape[3] === 1) return [2];
  return [shape.length - 1];
}

/** All tensors but the scales, which are multiplied in. */
function floatTensors({ tensors }: Safetensors): [name: string, TensorEntry][] {
  return Object.entries(tensors).flatMap(([name, entry]): [string, TensorEntry][] => {
    if (entry.dtype === 'I8') return [[name, floatTensor(name, entry, tensors[name + scaleSuffix])]];
    const isScale = name.endsWith(scaleSuffix) && tensors[name.slice(0, -scaleSuffix.length)]?.dtype === 'I8';
    return isScale ? [] : [[name, entry]];
  });
}

function floatTensor(
  name: string,
  { shape, data }: TensorEntry,
  scale: TensorEntry | undefined,
): TensorEntry {
  const isBroadcast =
    scale?.dtype === 'F32' &&
    scale.shape.length === shape.length &&
    scale.shape.every((size, axis) => size === 1 || size === shape[axis]);
  // The deepest kernels have four axes.
  if (!isBroadcast || shape.length > 4 || data.length === 0) {
    throw new CapsnetError(
      'invalid-data',
      `quantised file: expected for "${name}" of I8 [${shape}] a tensor "${name}${scaleSuffix}" of F32, ` +
        `each size 1 or the same, found ${scale ? `${scale.dtype} [${scale.shape}]` : 'none'}`,
    );
  }
  const integers = data as Int8Array<ArrayBuffer>;
  const scales = scale.data as Float32Array<ArrayBuffer>;
  return {
    dtype: 'F32',
    shape,
    data: dequantise({ integers, scales, scaleShape: scale.shape }, shape),
  };
}

function parse(text: string | undefined, key: string): Partial<CapsNetConfig> {
  try {
    return JSON.parse(text ?? '') as Partial<CapsNetConfig>;
  } catch (cause) {
    const found = text === undefined ? 'none' : `"${text.slice(0, 60)}"`;
    throw new CapsnetError(
      'invalid-data',
      `quantised file: expected JSON in its metadata under "${key}", found ${found}`,
      {
        cause,
      },
    );
  }
}
