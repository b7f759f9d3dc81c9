import { readFile } from 'node:fs/promises';
import { type AnyNetwork, decodeNetwork, encodeNetwork, type Network } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import { blamingInput } from '../terminal/user-error';

export async function writeModel(file: string, net: Network): Promise<void> {
  await writeFileAtomic(file, Buffer.from(await encodeNetwork(net)));
}

/** @throws UserError when the file is missing, damaged, or no model of this project's */
export async function readModel(file: string): Promise<AnyNetwork> {
  return blamingInput(`model ${file}`, async () => decodeNetwork(await readFile(file)));
}
