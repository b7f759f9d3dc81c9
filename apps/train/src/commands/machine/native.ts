import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { command } from '../command';

const backend = dirname(createRequire(import.meta.url).resolve('@capsnet/backend/package.json'));

export const native = command('native', 'Get the native backend, or say whether it works here.', [
  ['capsnet native install', 'download or compile what is missing'],
  ['capsnet native status', 'exit code 1 when it does not work'],
]);

for (const [name, description] of [
  ['install', 'make the native backend work; never fails an install, says what it did'],
  ['status', 'say whether the native backend works here, and our own kernels; exit code 1 when it does not'],
] as const) {
  native
    .command(name)
    .description(description)
    .action(() => run(name));
}

/**
 * Runs the program of `@capsnet/backend`, which strict package managers hide from the user: it is a dependency of ours. It
 * runs in this process, for its messages name the command that was typed.
 */
async function run(name: string): Promise<void> {
  process.argv.splice(2, Infinity, name);
  await import(pathToFileURL(join(backend, 'bin', 'capsnet-native.js')).href);
}
