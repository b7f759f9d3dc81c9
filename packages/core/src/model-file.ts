import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { type CapsNet, capsNet } from './capsnet';
import { checkConfig } from './check-config';
import { weightShapes } from './weight-shapes';

/** Where a model file holds its configuration, as JSON. */
const metadataKey = 'capsnet';

/**
 * A network as one file: its weights as safetensors, which PyTorch reads too, and its configuration in the metadata.
 */
export async function encodeCapsNet({ config, variables }: CapsNet): Promise<Uint8Array> {
  const tensors: Record<string, TensorEntry> = {};
  for (const [name, variable] of Object.entries(variables)) {
    tensors[name] = {
      dtype: 'F32',
      shape: variable.shape,
      data: (await variable.data()) as Float32Array<ArrayBuffer>,
    };
  }
  return encodeSafetensors(tensors, { [metadataKey]: JSON.stringify(config) });
}

/**
 * The network of a file that {@link encodeCapsNet} made. The caller disposes of it.
 *
 * @throws if the file is damaged, is not of this kind, or holds other tensors than its configuration implies; nothing
 *   is allocated before all of it was checked
 */
export function decodeCapsNet(bytes: Uint8Array): CapsNet {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const config = parseConfig(metadata[metadataKey]);
  // A map, for a tensor's name may be that of something that every object has.
  const shapes = new Map(Object.entries(weightShapes(config)));
  for (const name of new Set([...shapes.keys(), ...Object.keys(tensors)])) {
    const [expected, found] = [shapes.get(name), tensors[name]];
    if (expected?.join() === found?.shape.join() && found?.dtype === 'F32') continue;
    const show = (shape: readonly number[] | undefined, dtype = 'F32') =>
      shape ? `${dtype} [${shape}]` : 'none';
    throw new Error(
      `model file: expected ${show(expected)} for "${name}", found ${show(found?.shape, found?.dtype)}`,
    );
  }
  for (const [name, { data }] of Object.entries(tensors)) {
    const wrong = (data as Float32Array).findIndex(value => !Number.isFinite(value));
    if (wrong >= 0) throw new Error(`model file: expected finite weights, found ${data[wrong]} in "${name}"`);
  }
  const network = capsNet(config);
  for (const [name, variable] of Object.entries(network.variables)) {
    const values = tf.tensor(tensors[name]!.data as Float32Array, variable.shape);
    variable.assign(values);
    values.dispose();
  }
  return network;
}

function parseConfig(written: string | undefined) {
  if (written === undefined)
    throw new Error(`model file: expected a configuration in its metadata, found none`);
  let config: unknown;
  try {
    config = JSON.parse(written);
  } catch (cause) {
    throw new Error('model file: expected its configuration to be JSON', { cause });
  }
  checkConfig(config);
  return config;
}
