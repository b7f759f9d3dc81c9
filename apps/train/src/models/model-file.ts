import { readFile } from 'node:fs/promises';
import { decodeCapsNet, decodeCnn, encodeCapsNet, encodeCnn } from '@capsnet/core';
import { decodeSafetensors } from '@capsnet/safetensors';
import writeFileAtomic from 'write-file-atomic';
import { blamingInput } from '../terminal/user-error';
import { isCapsNet, type Network } from './network';

export async function writeModel(file: string, net: Network): Promise<void> {
  const bytes = isCapsNet(net) ? await encodeCapsNet(net) : await encodeCnn(net);
  await writeFileAtomic(file, Buffer.from(bytes));
}

/** @throws UserError when the file is missing, damaged, or no model of this project's */
export async function readModel(file: string): Promise<Network> {
  return blamingInput(`model ${file}`, async () => {
    const bytes = await readFile(file);
    const { metadata } = decodeSafetensors(bytes);
    return Object.hasOwn(metadata, 'cnn') ? decodeCnn(bytes) : decodeCapsNet(bytes);
  });
}
