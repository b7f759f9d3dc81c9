import { readFile } from 'node:fs/promises';
import { type CapsNet, decodeCapsNet, encodeCapsNet } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import { blamingInput } from './user-error';

export async function writeModel(file: string, net: CapsNet): Promise<void> {
  await writeFileAtomic(file, Buffer.from(await encodeCapsNet(net)));
}

/** @throws UserError when the file is missing, damaged, or no model of this project's */
export async function readModel(file: string): Promise<CapsNet> {
  return blamingInput(`model ${file}`, async () => decodeCapsNet(await readFile(file)));
}
