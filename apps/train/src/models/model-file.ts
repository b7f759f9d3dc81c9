import { type AnyNetwork, decodeNetwork, encodeNetwork } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import { readFileOf } from '../files/read-file';
import { withContext } from '../terminal/errors';

/** Thirty times the paper's network. */
const largest = 2 ** 30;

export async function writeModel(file: string, net: AnyNetwork): Promise<void> {
  await writeFileAtomic(file, Buffer.from(await encodeNetwork(net)));
}

/** @throws UsageError when the file is missing, damaged, or no model of this project's */
export async function readModel(file: string): Promise<AnyNetwork> {
  return withContext(`model ${file}`, async () => decodeNetwork(await readFileOf(file, largest)));
}
