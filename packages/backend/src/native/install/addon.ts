import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run';
import { packageFolder } from './tfjs-node-copies';

/** Node 20 and later have version 8 of Node-API, the newest that tfjs-node knows. */
const addonPath = ['lib', 'napi-v8', 'tfjs_binding.node'];

/** Whether a folder of tfjs-node has its addon; it may still fail to load. */
export function hasAddon(copy: string): boolean {
  return existsSync(join(copy, ...addonPath));
}

/**
 * Loads tfjs-node's addon in a process of its own, because one made for another processor can end the process.
 *
 * @param copy a folder of tfjs-node
 * @returns the version of TensorFlow
 * @throws an error that says why the addon is not usable
 */
export async function addonVersion(copy: string, addon = join(copy, ...addonPath)): Promise<string> {
  if (!existsSync(addon)) throw new Error('the addon of @tensorflow/tfjs-node is not there');
  const script = 'process.stdout.write(require(process.argv[1]).TF_Version)';
  const version = await run(process.execPath, ['-e', script, addon], {
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...process.env },
    timeout: 60_000,
  });
  return version.trim();
}

/**
 * Compiles tfjs-node's addon against libtensorflow, with g++ alone: node-gyp would fetch headers of Node from the network.
 * The addon gets its name when it has been loaded with success.
 *
 * @param copy    a folder of tfjs-node
 * @param library a folder with the two libraries and `include/`; the addon needs it to stay where it is
 * @returns the version of TensorFlow
 */
export async function buildAddon(copy: string, library: string): Promise<string> {
  const libraries = join(copy, 'deps', 'lib');
  await mkdir(libraries, { recursive: true });
  await link(join(library, 'libtensorflow_cc.so.2'), join(libraries, 'libtensorflow_cc.so.2'));
  await link(join(library, 'libtensorflow_framework.so.2'), join(libraries, 'libtensorflow_framework.so.2'));

  await mkdir(join(copy, 'lib', 'napi-v8'), { recursive: true });
  // As deep as the final folder, since the addon looks for the libraries relative to itself.
  const partial = await mkdtemp(join(copy, 'lib', 'partial-'));
  const addon = join(partial, addonPath.at(-1)!);
  try {
    await compile(copy, library, addon);
    const version = await addonVersion(copy, addon);
    await rename(addon, join(copy, ...addonPath));
    return version;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function compile(copy: string, library: string, addon: string): Promise<void> {
  const [nodeApi] = packageFolder('node-api-headers', import.meta.url);
  const sources = (await readdir(join(copy, 'binding'))).filter(name => name.endsWith('.cc'));
  await run(
    'g++',
    [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', '-w'],
      ...['-I', copy, '-I', join(library, 'include'), '-I', join(nodeApi!, 'include')],
      ...sources.map(name => join(copy, 'binding', name)),
      join(library, 'libtensorflow_cc.so.2'),
      join(library, 'libtensorflow_framework.so.2'),
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', addon],
    ],
    { timeout: 5 * 60_000 },
  );
}

/** Replaces the link in one step: whoever loads it meanwhile finds the old one or the new one. */
async function link(target: string, path: string): Promise<void> {
  const partial = `${path}.${process.pid}`;
  await rm(partial, { force: true });
  await symlink(target, partial);
  await rename(partial, path);
}
