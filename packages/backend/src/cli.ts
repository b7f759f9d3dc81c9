import { defineCommand, runMain } from 'citty';
import manifest from '../package.json' with { type: 'json' };
import { addonVersion } from './native/addon';
import { installNative } from './native/install-native';
import { tfjsNodeCopies } from './native/tfjs-node-copies';

const install = defineCommand({
  meta: {
    name: 'install',
    description: 'Make the native backend work; never fails an install, says what it did',
  },
  run: async () => {
    await installNative({ log: console.log });
  },
});

const status = defineCommand({
  meta: {
    name: 'status',
    description: 'Say whether the native backend works here; exit code 1 when it does not',
  },
  run: async () => {
    const copies = tfjsNodeCopies();
    if (copies.length === 0) {
      console.log('@tensorflow/tfjs-node is not installed');
      process.exitCode = 1;
    }
    for (const copy of copies) {
      try {
        console.log(`TensorFlow ${await addonVersion(copy)}: ready (${copy})`);
      } catch (error) {
        console.log(`${error instanceof Error ? error.message : error} (${copy})`);
        process.exitCode = 1;
      }
    }
  },
});

await runMain(
  defineCommand({
    meta: {
      name: 'capsnet-native',
      version: manifest.version,
      description: 'Provides the native TensorFlow that @tensorflow/tfjs-node needs',
    },
    subCommands: { install, status },
  }),
);
