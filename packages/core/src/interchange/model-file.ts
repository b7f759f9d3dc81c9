import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { type CapsNet, capsNet } from '../networks/capsnet/capsnet';
import type { CapsNetConfig } from '../networks/capsnet/capsnet-config';
import { checkConfig } from '../networks/capsnet/check-config';
import { weightShapes } from '../networks/capsnet/weight-shapes';
import { checkCnnConfig } from '../networks/cnn/check-cnn-config';
import { type Cnn, cnn } from '../networks/cnn/cnn';
import type { CnnConfig } from '../networks/cnn/cnn-config';
import { cnnWeightShapes } from '../networks/cnn/cnn-weight-shapes';

/** A kind of network, and how its model file is made and read. */
interface Kind<Config, Network extends Weighted> {
  /** Where the metadata of a model file holds the configuration, as JSON. */
  readonly key: string;
  check(config: unknown): asserts config is Config;
  shapesOf(config: Config): Readonly<Record<string, readonly number[]>>;
  build(config: Config): Network;
}

interface Weighted {
  readonly config: object;
  readonly variables: Readonly<Record<string, tf.Variable>>;
}

const capsules: Kind<CapsNetConfig, CapsNet> = {
  key: 'capsnet',
  check: checkConfig,
  shapesOf: weightShapes,
  build: capsNet,
};
const convolutional: Kind<CnnConfig, Cnn> = {
  key: 'cnn',
  check: checkCnnConfig,
  shapesOf: cnnWeightShapes,
  build: cnn,
};

/**
 * A network as one file: its weights as safetensors, which PyTorch reads too, and its configuration in the metadata,
 * under `capsnet`.
 */
export function encodeCapsNet(network: CapsNet): Promise<Uint8Array> {
  return encode(network, capsules.key);
}

/**
 * The network of a file that {@link encodeCapsNet} made. The caller disposes of it.
 *
 * @throws if the file is damaged, is not of this kind, or holds other tensors than its configuration implies; nothing
 *   is allocated before all of it was checked
 */
export function decodeCapsNet(bytes: Uint8Array): CapsNet {
  return decode(bytes, capsules);
}

/** {@link encodeCapsNet} for a network without capsules, whose configuration lies under `cnn`. */
export function encodeCnn(network: Cnn): Promise<Uint8Array> {
  return encode(network, convolutional.key);
}

/** {@link decodeCapsNet} for a file that {@link encodeCnn} made. */
export function decodeCnn(bytes: Uint8Array): Cnn {
  return decode(bytes, convolutional);
}

async function encode({ config, variables }: Weighted, key: string): Promise<Uint8Array> {
  const tensors: Record<string, TensorEntry> = {};
  for (const [name, variable] of Object.entries(variables)) {
    tensors[name] = {
      dtype: 'F32',
      shape: variable.shape,
      data: (await variable.data()) as Float32Array<ArrayBuffer>,
    };
  }
  return encodeSafetensors(tensors, { [key]: JSON.stringify(config) });
}

function decode<Config, Network extends Weighted>(bytes: Uint8Array, kind: Kind<Config, Network>): Network {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const config = parseConfig(metadata, kind);
  // A map, for a tensor's name may be that of something that every object has.
  const shapes = new Map(Object.entries(kind.shapesOf(config)));
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
  const network = kind.build(config);
  for (const [name, variable] of Object.entries(network.variables)) {
    const values = tf.tensor(tensors[name]!.data as Float32Array, variable.shape);
    variable.assign(values);
    values.dispose();
  }
  return network;
}

function parseConfig<Config, Network extends Weighted>(
  metadata: Readonly<Record<string, string>>,
  kind: Kind<Config, Network>,
): Config {
  const written = Object.hasOwn(metadata, kind.key) ? metadata[kind.key] : undefined;
  if (written === undefined) {
    const found = Object.keys(metadata).join(', ') || 'none';
    throw new Error(
      `model file: expected a configuration in its metadata under "${kind.key}", found ${found}`,
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(written);
  } catch (cause) {
    throw new Error('model file: expected its configuration to be JSON', { cause });
  }
  kind.check(config);
  return config;
}
