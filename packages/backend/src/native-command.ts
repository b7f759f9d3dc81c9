import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addonVersion } from './native/install/addon';
import { installNative } from './native/install/install-native';
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
    .description('Say whether the native backend works here; exit code 1 when it does not')
    .action(async () => {
      if (!(await areReady(copies(), log))) process.exitCode = 1;
    });
  return program;
}

/** Tells the state of each copy of tfjs-node. */
async function areReady(copies: readonly string[], log: (line: string) => void): Promise<boolean> {
  if (copies.length === 0) log('@tensorflow/tfjs-node is not installed');
  let ready = copies.length > 0;
  for (const copy of copies) {
    try {
      log(`TensorFlow ${await addonVersion(copy)}: ready (${copy})`);
    } catch (error) {
      log(`${error instanceof Error ? error.message : error} (${copy})`);
      ready = false;
    }
  }
  return ready;
}
