import { CommanderError } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { command } from './commands/command';
import { commands } from './commands/commands';
import { isUsageError, messageOf } from './terminal/errors';
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

// That nobody reads on, as in `capsnet info | head -1`, is no mistake, and no reason to end a training.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  printError(`standard output: ${error.message}`);
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
  printError(messageOf(error));
  if (process.env.DEBUG) console.error(error);
  return isUsageError(error) ? 2 : 1;
}

function printError(message: string): void {
  console.error(`${pc.red('capsnet:')} ${message}`);
}
