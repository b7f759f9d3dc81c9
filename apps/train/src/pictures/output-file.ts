import { existsSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { UsageError, withContext } from '../terminal/errors';

/** Asked before the work that the file is to hold. */
export function refuseToOverwrite(file: string, force: boolean | undefined): void {
  if (force || !existsSync(file)) return;
  throw new UsageError(`${file} exists: choose another --out, or overwrite it with --force`);
}

export async function writeOutput(file: string, content: Buffer): Promise<void> {
  await withContext(`--out ${file}`, () => writeFileAtomic(file, content));
}
