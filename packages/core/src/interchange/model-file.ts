import { type Bytes, CapsnetError, show } from '@capsnet/checks';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import type { CapsNet } from '../networks/capsnet/capsnet';
import { fromEarlier } from '../networks/earlier-config';
import { type AnyNetwork, kindNames, kindOf, type NetworkConfig } from '../networks/kinds';
import type { Network } from '../networks/network';

/**
 * A network as one file: its weights as safetensors, which PyTorch reads too, and its configuration as JSON in the metadata,
 * under the name of its kind: `capsnet`, `cnn`.
 *
 * @param metadata what else the file is to say of itself, such as the names of the classes; `decodeNetwork` passes it over
 */
export async function encodeNetwork(
  { kind, config, variables }: Network,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Bytes> {
  const tensors: Record<string, TensorEntry> = {};
  for (const [name, variable] of Object.entries(variables)) {
    tensors[name] = {
      dtype: 'F32',
      shape: variable.shape,
      data: (await variable.data()) as Float32Array<ArrayBuffer>,
    };
  }
  return encodeSafetensors(tensors, { ...metadata, [kind]: JSON.stringify(config) });
}

/**
 * The network of a file that {@link encodeNetwork} made, today or in an earlier version. The caller disposes of it.
 *
 * @throws CapsnetError if the file is damaged, is of no kind that is known, or holds other tensors than its configuration
 *   implies; nothing is allocated before all of it was checked
 */
export function decodeNetwork(bytes: Uint8Array): AnyNetwork {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const name = kindNames.find(kind => Object.hasOwn(metadata, kind));
  if (name === undefined) {
    const expected = kindNames.map(kind => `"${kind}"`).join(' or ');
    const found = Object.keys(metadata).join(', ') || 'none';
    throw damaged(`expected a configuration in its metadata under ${expected}, found ${found}`);
  }
  const kind = kindOf(name);
  const config = configOf(metadata[name]!, kind);

  // A map, for a tensor's name may be that of something that every object has.
  const shapes = new Map(Object.entries(kind.shapes(config)));
  for (const name of new Set([...shapes.keys(), ...Object.keys(tensors)])) {
    const [expected, found] = [shapes.get(name), tensors[name]];
    if (expected?.join() === found?.shape.join() && found?.dtype === 'F32') continue;
    const shown = (shape: readonly number[] | undefined, dtype = 'F32') =>
      shape ? `${dtype} [${shape}]` : 'none';
    throw damaged(`expected ${shown(expected)} for "${name}", found ${shown(found?.shape, found?.dtype)}`);
  }
  for (const [name, { data }] of Object.entries(tensors)) {
    const wrong = (data as Float32Array).findIndex(value => !Number.isFinite(value));
    if (wrong >= 0) throw damaged(`expected finite weights, found ${data[wrong]} in "${name}"`);
  }
  const network = kind.build(config);
  for (const [name, variable] of Object.entries(network.variables)) {
    const values = tf.tensor(tensors[name]!.data as Float32Array, variable.shape);
    variable.assign(values);
    values.dispose();
  }
  return network;
}

/**
 * {@link decodeNetwork} of a file that has to hold a capsule network.
 *
 * @throws CapsnetError as `decodeNetwork` does, and for a network of another kind
 */
export function decodeCapsNet(bytes: Uint8Array): CapsNet {
  const network = decodeNetwork(bytes);
  if (network.kind === 'capsnet') return network;
  network.dispose();
  throw new CapsnetError(
    'invalid-data',
    `model file: expected a capsule network, found one of kind ${show(network.kind)}`,
  );
}

function configOf(text: string, kind: ReturnType<typeof kindOf>): NetworkConfig {
  let stated: unknown;
  try {
    stated = JSON.parse(text);
  } catch (cause) {
    throw damaged('expected its configuration to be JSON', cause);
  }
  try {
    return kind.check(fromEarlier(stated) as object);
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
}

function damaged(message: string, cause?: unknown): CapsnetError {
  return new CapsnetError('damaged-file', `model file: ${message}`, cause === undefined ? {} : { cause });
}
