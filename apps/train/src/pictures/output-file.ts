import { existsSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { UsageError, withContext } from '../terminal/errors';

/** Asked before the work that the file is to hold. */
export function refuseToOverwrite(file: string, force: boolean | undefined, option = '--out'): void {
  if (force || !existsSync(file)) return;
  throw new UsageError(`${file} exists: choose another ${option}, or overwrite it with --force`);
}

export async function writeOutput(file: string, content: Buffer, option = '--out'): Promise<void> {
  await withContext(`${option} ${file}`, () => writeFileAtomic(file, content));
}
