import { decodeSafetensors, encodeSafetensors } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { type CapsNet, capsNet } from './capsnet';
import type { CapsNetConfig } from './capsnet-config';

/** Where a model file holds its configuration, as JSON. */
const metadataKey = 'capsnet';

/**
 * A network as one file: its weights as safetensors, which PyTorch reads too, and its configuration in the metadata.
 */
export async function encodeCapsNet({ config, variables }: CapsNet): Promise<Uint8Array> {
  const tensors: Parameters<typeof encodeSafetensors>[0] = {};
  for (const [name, variable] of Object.entries(variables)) {
    tensors[name] = { dtype: 'F32', shape: variable.shape, data: (await variable.data()) as Float32Array };
  }
  return encodeSafetensors(tensors, { [metadataKey]: JSON.stringify(config) });
}

/**
 * The network of a file that {@link encodeCapsNet} made. The caller disposes of it.
 *
 * @throws if the file is damaged, is not of this kind, or holds other tensors than its configuration implies
 */
export function decodeCapsNet(bytes: Uint8Array): CapsNet {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const written = metadata[metadataKey];
  if (written === undefined) {
    throw new Error(
      `model file: expected the metadata "${metadataKey}", found ${Object.keys(metadata).join(', ') || 'none'}`,
    );
  }
  return capsNet(parseConfig(written), tensors);
}
