import { readFile } from 'node:fs/promises';
import { type AnyNetwork, decodeNetwork, encodeNetwork } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import { withContext } from '../terminal/errors';

export async function writeModel(file: string, net: AnyNetwork): Promise<void> {
  await writeFileAtomic(file, Buffer.from(await encodeNetwork(net)));
}

/** @throws UsageError when the file is missing, damaged, or no model of this project's */
export async function readModel(file: string): Promise<AnyNetwork> {
  return withContext(`model ${file}`, async () => decodeNetwork(await readFile(file)));
}
