import { invocation } from '../terminal/invocation';
import type { RunFolder } from './run-folder';

/**
 * The command that goes on with a run.
 *
 * @param hosts those that train it together, if it was not this machine alone
 * @param backend that was asked for: other hosts do not have the run, which knows it
 */
export function resumeCommand(
  run: RunFolder,
  { hosts, backend }: { readonly hosts?: string | undefined; readonly backend?: string | null } = {},
): string {
  const together =
    hosts === undefined ? [] : ['--hosts', hosts, ...(backend == null ? [] : ['--backend', backend])];
  return invocation('train', '--resume', ...runsOption(run), '--name', run.name, ...together);
}

/** The command that ends a run where it is. */
export function commandToFinish(run: RunFolder): string {
  return invocation('train', ...runsOption(run), '--finish', run.name);
}

/** A command on the model of a run: `capsnet evaluate --run night`. */
export function commandOn(command: string, run: RunFolder, ...args: readonly string[]): string {
  return invocation(command, ...runsOption(run), '--run', run.name, ...args);
}

function runsOption({ runs }: RunFolder): string[] {
  return runs === 'runs' ? [] : ['--runs', runs];
}
