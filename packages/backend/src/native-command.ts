import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addonVersion } from './native/install/addon';
import { installCommand } from './native/install/install-command';
import { installNative, ownKernelsReady } from './native/install/install-native';
import { inspectOwnKernels, ownKernelsPath } from './native/install/own-kernels';
import { tfjsNodeCopies } from './native/install/tfjs-node-copies';

/**
 * The program `capsnet-native`.
 *
 * @param log    is given each line that it prints
 * @param copies finds the folders of tfjs-node whose state `status` tells
 */
export function nativeCommand(log: (line: string) => void = console.log, copies = tfjsNodeCopies): Command {
  const program = new Command('capsnet-native')
    .description('Provides the native TensorFlow that @tensorflow/tfjs-node needs')
    .version(manifest.version);
  program
    .command('install')
    .description('Make the native backend work; never fails an install, says what it did')
    .action(async () => {
      await installNative({ log });
    });
  program
    .command('status')
    .description(
      'Say whether the native backend works here, and our own kernels; exit code 1 when it does not',
    )
    .action(async () => {
      if (!(await areReady(copies(), log))) process.exitCode = 1;
    });
  return program;
}

/** Tells the state of each copy of tfjs-node. */
async function areReady(copies: readonly string[], log: (line: string) => void): Promise<boolean> {
  if (copies.length === 0)
    log(`@tensorflow/tfjs-node is not installed; ${installCommand()} says how to get it`);
  let ready = copies.length > 0;
  for (const copy of copies) {
    try {
      log(`TensorFlow ${await addonVersion(copy)}: ready (${copy})`);
      log(await stateOfOwnKernels(copy));
    } catch (error) {
      log(`${message(error)} (${copy})`);
      ready = false;
    }
  }
  return ready;
}

/** They are no condition: without them all works, only slower. */
async function stateOfOwnKernels(copy: string): Promise<string> {
  try {
    return ownKernelsReady(await inspectOwnKernels(ownKernelsPath(copy)));
  } catch (error) {
    return `Own kernels: not in use (${message(error)})`;
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
