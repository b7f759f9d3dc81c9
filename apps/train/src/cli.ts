import { CommanderError } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { command } from './commands/command';
import { evaluate } from './commands/evaluate';
import { experiment } from './commands/experiment';
import { info } from './commands/info';
import { perturb } from './commands/perturb';
import { predict } from './commands/predict';
import { reconstruct } from './commands/reconstruct';
import { train } from './commands/train';
import { messageOf, UserError } from './terminal/user-error';
import { version } from './terminal/versions';

const program = command(
  'capsnet',
  'Capsule networks with dynamic routing: train, evaluate and look inside.',
  [
    ['capsnet train --epochs 1', 'one epoch on MNIST'],
    ['capsnet train --help', 'everything about a command'],
    ['capsnet predict digit.png', 'what is this?'],
  ],
)
  .version(version, '-v, --version', 'print the version')
  .addCommand(train)
  .addCommand(evaluate)
  .addCommand(predict)
  .addCommand(reconstruct)
  .addCommand(perturb)
  .addCommand(experiment)
  .addCommand(info);

// That nobody reads on, as in `capsnet info | head -1`, is no mistake, and no reason to end a training.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  complain(`standard output: ${error.message}`);
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says in one line what went wrong. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are thrown too, after they have been printed.
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode;
    complain(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '));
    return 2;
  }
  complain(messageOf(error));
  if (process.env.DEBUG) console.error(error);
  return error instanceof UserError ? 2 : 1;
}

function complain(message: string): void {
  console.error(`${pc.red('capsnet:')} ${message}`);
}
