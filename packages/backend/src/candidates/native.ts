import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Candidate } from '../candidate';
import { addonVersion, hasAddon } from '../native/install/addon';
import { importTfjsNode } from '../native/install/import-tfjs-node';
import { installCommand } from '../native/install/install-command';
import {
  inspectOwnKernels,
  loadOwnKernels,
  type OwnKernels,
  ownKernelsPath,
} from '../native/install/own-kernels';
import { packageFolder } from '../native/install/tfjs-node-copies';
import { registerNativeKernels, registerOwnKernels } from '../native/kernels/register-native-kernels';
import { engineName, tensorFlowBackend } from '../native/kernels/tensorflow-backend';
import { useMemoryAccess } from '../native/memory-access';
import { askForMemoryPool, hasMemoryPool } from '../native/memory-pool';

const tfjsNode = '@tensorflow/tfjs-node';

/** TensorFlow itself, through the addon of tfjs-node. */
export const native: Candidate = {
  name: 'native',
  engineName,
  async prepare() {
    const copy = installedCopy();
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // errors only
    const loaded = isLoaded();
    const pool = hasMemoryPool(loaded);
    if (!loaded) askForMemoryPool();
    const own = await told(async () => loadOwnKernels(ownKernelsPath(copy)));
    if (!loaded && typeof own !== 'string') own.keepSignalsAway();
    await quietly(importTfjsNode);
    registerNativeKernels();
    if (typeof own !== 'string') {
      registerOwnKernels(own.build);
      useMemoryAccess(own);
    }
    return device(tensorFlowBackend().binding.TF_Version, own, pool);
  },
  async inspect() {
    const copy = installedCopy();
    const version = await addonVersion(copy);
    const own = await told(() => inspectOwnKernels(ownKernelsPath(copy)));
    return device(version, own, hasMemoryPool(isLoaded()));
  },
};

function installedCopy(): string {
  const [copy] = packageFolder(tfjsNode, import.meta.url);
  if (!copy) throw new Error(`${tfjsNode} is not installed; ${installCommand()} says how to get it`);
  if (!hasAddon(copy)) throw new Error(`the addon of tfjs-node is not built; ${installCommand()} builds it`);
  return copy;
}

/** The kernels, or why they are missing: without them everything works, only slower. */
function told<T extends OwnKernels>(load: () => Promise<T>): Promise<T | string> {
  return load().catch((error: Error) => error.message.split('\n')[0]!);
}

function isLoaded(): boolean {
  return tf.findBackendFactory(engineName) !== null;
}

function device(tensorflow: string, own: OwnKernels | string, pool: boolean): string {
  // Those that this process may use: sums are made in parts, as many as there are, and the last bits of weights depend on it.
  const processor = `${cpus()[0]?.model.trim() ?? process.arch} x ${availableParallelism()}`;
  const kernels =
    typeof own === 'string'
      ? `without our own kernels (${own})`
      : `our own kernels for ${own.instructionSet}`;
  return `${processor}, TensorFlow ${tensorflow}, ${kernels}, memory pool ${pool ? 'on' : 'off'}`;
}

/** Imports tfjs-node without the warnings that newer versions of Node have for it. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  // It calls two functions that Node 22 warns of and Node 23 no longer has.
  const util = createRequire(import.meta.url)('node:util') as Record<string, (value: unknown) => boolean>;
  util.isNullOrUndefined = value => value === null || value === undefined;
  util.isArray = Array.isArray;
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    return await load();
  } finally {
    process.noDeprecation = noDeprecation;
  }
}
