import { CapsnetError } from '@capsnet/checks';
import { CommanderError } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { command } from './commands/command';
import { commands, internal } from './commands/commands';
import { openConsole } from './terminal/console';
import { isUsageError, messageOf } from './terminal/errors';
import { outliveReaders } from './terminal/outlive-readers';
import { printable } from './terminal/printable';
import { version } from './terminal/versions';

const program = command(
  'capsnet',
  'Capsule networks with dynamic routing: train, evaluate and look inside.',
  [
    ['capsnet train --epochs 1', 'one epoch on MNIST'],
    ['capsnet train --help', 'everything about a command'],
    ['capsnet predict digit.png', 'what is this?'],
  ],
).version(version, '-v, --version', 'print the version');

for (const each of commands) program.addCommand(each);
for (const each of internal) program.addCommand(each, { hidden: true });

outliveReaders(error => {
  printError(`standard output: ${messageOf(error)}`);
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints in one line what went wrong. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are thrown too, after they have been printed.
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode;
    printError(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '));
    return 2;
  }
  printError(messageOf(error), error);
  if (process.env.DEBUG) console.error(error);
  return isUsageError(error) ? 2 : 1;
}

/** For people on stderr, and with `--json` for machines as well. */
function printError(message: string, error?: unknown): void {
  const json = process.argv.includes('--json');
  const code = error instanceof CapsnetError ? error.code : error ? 'failed' : 'invalid-argument';
  openConsole(json).emit({ type: 'error', message, code });
  console.error(printable(`${pc.red('capsnet:')} ${message}`));
}
