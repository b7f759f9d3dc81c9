import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { MemoryAccess } from '../memory-access';
import { installCommand } from './install-command';
import { run } from './run';
import { packageFolder } from './tfjs-node-copies';

/** What loading the kernels tells of them. */
export interface OwnKernels {
  /** `avx512`, `avx2` or `generic`: the best of this processor. */
  readonly instructionSet: string;
  /** How many compute at once: as many as TensorFlow's. */
  readonly threads: number;
  /** Stands at the end of the names of their operations. */
  readonly build: string;
}

/** The kernels in this process. */
export interface LoadedKernels extends OwnKernels, MemoryAccess {
  /**
   * Keeps handlers of signals off the stacks on which TensorFlow computes: with AVX2 but without AVX-512 they would damage the
   * heap there (see `native/signals.h`). Helps where this thread has not yet loaded TensorFlow.
   */
  keepSignalsAway(): void;
}

/** kernels.cc is compiled for each, with these options; which one runs is decided when it runs. */
export const instructionSets: Readonly<Record<string, readonly string[]>> = {
  generic: [],
  ...(process.arch === 'x64' && {
    avx2: ['-mavx2', '-mfma'],
    avx512: ['-mavx512f', '-mavx512dq', '-mavx512vl', '-mavx512bw', '-mfma'],
  }),
};

const flags = ['-O3', '-fPIC', '-std=c++17', '-fvisibility=hidden', '-fno-math-errno'];

/**
 * Where the kernels of this version lie for a copy of tfjs-node. The name says what they were built from, so that
 * another version, or another TensorFlow, does not meet them.
 *
 * @throws an error if their sources or TensorFlow's libraries are missing
 */
export function ownKernelsPath(copy: string): string {
  return join(copy, 'lib', 'napi-v8', `capsnet-${buildOf(copy)}.node`);
}

function buildOf(copy: string): string {
  const hash = createHash('sha256');
  const folder = sourceFolder();
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  hash.update(
    JSON.stringify([copy, instructionSets, flags, libraries(copy).map(library => realpathSync(library))]),
  );
  return hash.digest('hex').slice(0, 12);
}

function sourceFolder(): string {
  const [folder] = packageFolder('@capsnet/backend', import.meta.url);
  if (!folder)
    throw new Error('the sources of our kernels are not found: @capsnet/backend is not a package here');
  return join(folder, 'native');
}

/** TensorFlow's own. */
function libraries(copy: string): string[] {
  const folder = join(copy, 'deps', 'lib');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter(name => /^libtensorflow.*\.so\.2$/.test(name)).map(name => join(folder, name));
}

/** The headers lie in tfjs-node's download, or beside the library that its addon was built against. */
function headers(copy: string): string {
  const ofLibrary = libraries(copy).map(library => join(dirname(realpathSync(library)), 'include'));
  const found = [join(copy, 'deps', 'include'), ...ofLibrary].find(folder =>
    existsSync(join(folder, 'tensorflow', 'c', 'ops.h')),
  );
  if (!found) throw new Error("TensorFlow's headers for C are missing beside its library");
  return found;
}

/**
 * Loads the kernels in this process.
 *
 * @throws an error that says why they are not usable, and what to do
 */
export function loadOwnKernels(path: string): LoadedKernels {
  checkWhole(path);
  try {
    return createRequire(import.meta.url)(path);
  } catch (error) {
    throw unusable((error as Error).message, error);
  }
}

/**
 * Loads the kernels in a process of its own.
 *
 * @throws an error that says why they are not usable, and what to do
 */
export async function inspectOwnKernels(path: string): Promise<OwnKernels> {
  checkWhole(path);
  return inspect(path).catch(error => {
    throw unusable(error.message, error);
  });
}

async function inspect(path: string): Promise<OwnKernels> {
  const script = 'process.stdout.write(JSON.stringify(require(process.argv[1])))';
  const told = await run(process.execPath, ['-e', script, path], {
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...process.env },
    timeout: 60_000,
  });
  return JSON.parse(told);
}

function unusable(reason: string, cause: unknown): Error {
  const [line] = reason.split('\n');
  return new Error(`they do not load: ${line}; ${installCommand()} builds them anew`, { cause });
}

/** Part of a file, or one with another byte, would end the process that loads it: what is whole ends in its digest. */
function checkWhole(path: string): void {
  if (!existsSync(path)) throw new Error(`not built; ${installCommand()} builds them, with g++`);
  const file = readFileSync(path);
  const end = Math.max(0, file.length - digestBytes);
  if (!digestOf(file.subarray(0, end)).equals(file.subarray(end)))
    throw new Error(`their file is damaged; ${installCommand()} builds them anew`);
}

const digestBytes = 32;

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/**
 * Compiles the kernels with g++. They get their name when they have been loaded with success; those of other versions are
 * left, for another copy of this package may use them. The caller holds the lock of installations.
 *
 * @param copy a folder of tfjs-node, whose addon works
 */
export async function buildOwnKernels(copy: string): Promise<OwnKernels> {
  const path = ownKernelsPath(copy);
  const [nodeApi] = packageFolder('node-api-headers', import.meta.url);
  const folder = sourceFolder();
  const includes = ['-I', headers(copy), '-I', join(nodeApi!, 'include')];
  const gcc = (args: readonly string[]) =>
    run('g++', [...flags, ...args], { cwd: folder, timeout: 5 * 60_000 });

  await mkdir(dirname(path), { recursive: true });
  await removeLeftovers(join(copy, 'lib'));
  // As deep as the final folder, since they look for TensorFlow relative to themselves.
  const partial = await mkdtemp(join(copy, 'lib', partialPrefix));
  try {
    const others = (await readdir(folder)).filter(name => name.endsWith('.cc') && name !== 'kernels.cc');
    const objects = await allSettled(
      Object.entries(instructionSets).map(async ([name, machine]) => {
        const object = join(partial, `${name}.o`);
        await gcc(['-c', ...machine, `-DINSTRUCTION_SET=${name}`, 'kernels.cc', '-o', object]);
        return object;
      }),
    );
    const built = join(partial, 'kernels.node');
    await gcc([
      ...['-shared', ...includes, `-DBUILD="${buildOf(copy)}"`],
      ...others,
      ...objects,
      ...libraries(copy),
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', built],
    ]);
    const told = await inspect(built);
    await appendFile(built, digestOf(await readFile(built)));
    await rename(built, path);
    return told;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const partialPrefix = 'partial-';

/** What killed runs left behind. */
async function removeLeftovers(folder: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter(name => name.startsWith(partialPrefix));
  await Promise.all(leftovers.map(name => rm(join(folder, name), { recursive: true, force: true })));
}

/** Waits for all of them, so that none is at work any more when one has failed. */
async function allSettled<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}
