import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { type Candidate, optional } from '../candidate';
import { addonVersion, hasAddon } from '../native/install/addon';
import { packageFolder } from '../native/install/tfjs-node-copies';
import { registerNativeKernels } from '../native/kernels/register-native-kernels';
import { engineName, tensorFlowBackend } from '../native/kernels/tensorflow-backend';

const tfjsNode = '@tensorflow/tfjs-node';

/** TensorFlow itself, through the addon of tfjs-node. */
export const native: Candidate = {
  name: 'native',
  engineName,
  async prepare() {
    installedCopy();
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // errors only
    await quietly(() => optional(tfjsNode, () => import('@tensorflow/tfjs-node')));
    registerNativeKernels();
    return device(tensorFlowBackend().binding.TF_Version);
  },
  async inspect() {
    return device(await addonVersion(installedCopy()));
  },
};

function installedCopy(): string {
  const [copy] = packageFolder(tfjsNode, import.meta.url);
  if (!copy) throw new Error(`${tfjsNode} is not installed`);
  if (!hasAddon(copy))
    throw new Error('the addon of tfjs-node is not built; `npx capsnet-native install` builds it');
  return copy;
}

function device(tensorflow: string): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? process.arch} x ${processors.length}, TensorFlow ${tensorflow}`;
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
