import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The command line, as it is installed beside the bench. */
export function capsnetProgram(): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve('@capsnet/train/package.json')), 'bin', 'capsnet.js');
}
