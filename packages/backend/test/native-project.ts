import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { bundle } from '@capsnet/testing/child-process';
import { type Finished, finish } from './finished-process';

const here = join(import.meta.dirname, '..');

/** A project of somebody's with copies of tfjs-node and of the sources of our kernels, which tests can damage. */
export interface NativeProject {
  /** The copy of tfjs-node. */
  readonly copy: string;
  /** The copy of the folder `native`. */
  readonly sources: string;
  /** Runs `capsnet-native install`, with nothing but this folder to find programs in. */
  install(programs?: string): Promise<Finished>;
  /** Runs `capsnet-native status`. */
  status(): Promise<Finished>;
  /** Runs a program of the folder `test`. */
  run(program: string): Promise<Finished>;
  /** Picks the native backend and says on what it computes, and that 2 times 3 is 6. */
  compute(): Promise<Finished>;
  /** The files of kernels that are there, and what was begun. */
  kernels(): Promise<string[]>;
  unfinished(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function nativeProject(): Promise<NativeProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'capsnet-project-')));
  const modules = join(folder, 'node_modules');
  const installed = await realpath(join(here, 'node_modules/@tensorflow/tfjs-node'));
  const copy = join(modules, '@tensorflow/tfjs-node');
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  const sources = join(modules, '@capsnet/backend/native');
  await cp(join(here, 'native'), sources, { recursive: true });
  await cp(join(here, 'package.json'), join(dirname(sources), 'package.json'));
  // What tfjs-node needs lies beside it, and what our sources need beside those.
  await linkAll(join(installed, '../..'), modules);
  await linkAll(join(here, 'node_modules'), modules);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const command = await bundleInto(join(here, 'src/cli.ts'), folder);
  const compute = await bundleInto(join(here, 'test/computing-process.ts'), folder);

  const kernelFolder = join(copy, 'lib/napi-v8');
  const kernels = async () =>
    (await readdir(kernelFolder)).filter(name => name.startsWith('capsnet-')).sort();
  for (const name of await kernels()) await rm(join(kernelFolder, name));
  return {
    copy,
    sources,
    install: programs =>
      finish(command, ['install'], {
        cwd: folder,
        env: { XDG_CACHE_HOME: join(folder, 'cache'), ...(programs && { PATH: programs }) },
      }),
    status: () => finish(command, ['status'], { cwd: folder }),
    run: async program => finish(await bundleInto(join(here, 'test', program), folder), [], { cwd: folder }),
    compute: () => finish(compute, [], { cwd: folder }),
    kernels,
    unfinished: async () => (await readdir(join(copy, 'lib'))).filter(name => name.startsWith('partial-')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A folder with one program, `g++`, made of these lines of the shell. */
export async function compiler(project: NativeProject, lines: string): Promise<string> {
  const folder = await mkdtemp(join(project.copy, 'programs-'));
  await writeFile(join(folder, 'g++'), `#!/bin/sh\n${lines}\n`);
  await chmod(join(folder, 'g++'), 0o755);
  return folder;
}

async function linkAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name.startsWith('.')) continue;
    const names = name.startsWith('@')
      ? (await readdir(join(from, name))).map(each => join(name, each))
      : [name];
    for (const each of names) {
      if (existsSync(join(to, each))) continue;
      await mkdir(dirname(join(to, each)), { recursive: true });
      await symlink(await realpath(join(from, each)), join(to, each));
    }
  }
}

async function bundleInto(entry: string, folder: string): Promise<string> {
  const { script, remove } = await bundle(entry);
  const to = join(folder, basename(dirname(script)).slice(1));
  await cp(dirname(script), to, { recursive: true });
  await remove();
  return join(to, basename(script));
}

/** Changes a file of the sources so that another build comes of it, or none. */
export async function append(file: string, text: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')) + text);
}
