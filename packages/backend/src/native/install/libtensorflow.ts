import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { expectOwn } from './own-folder';
import { run } from './run';
import { damageIn, seal, sha256Of } from './sealed-folder';

/** A Python wheel that holds libtensorflow and the headers of its C interface. */
export interface Wheel {
  /** A requirement as pip reads it, one exact version. */
  readonly requirement: string;
  readonly sha256: string;
  /** The pip options that choose one file of the release, whatever Python runs pip. */
  readonly platform: readonly string[];
}

/** The last TensorFlow whose C interface tfjs-node 4.22 was tried with; for linux-x64 with glibc 2.17 or later. */
export const tensorflowWheel: Wheel = {
  requirement: 'tensorflow-cpu==2.18.1',
  sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
  platform: [
    '--platform=manylinux2014_x86_64',
    '--python-version=3.11',
    '--implementation=cp',
    '--abi=cp311',
  ],
};

/** Fetches the wheel into a folder; pip knows the mirrors, proxies and certificates of the machine. */
export type Download = (wheel: Wheel, folder: string) => Promise<void>;

const downloadWithPip: Download = async (wheel, folder) => {
  await run(
    'python3',
    [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      ...wheel.platform,
      '--dest',
      folder,
      wheel.requirement,
    ],
    { timeout: 30 * 60_000 },
  );
};

/**
 * Puts the two libraries and the headers of a wheel into the cache, once. The wheel itself (230 MB) is not kept.
 * The folder gets its name when it is complete and on the disk; it is checked each time, and fetched anew when it is damaged.
 *
 * @returns a folder with `libtensorflow_cc.so.2`, `libtensorflow_framework.so.2` and `include/`
 * @throws when the cache is not this user's own: its libraries are run
 */
export async function libtensorflow(
  cache: string,
  log: (line: string) => void,
  wheel = tensorflowWheel,
  download = downloadWithPip,
): Promise<string> {
  const complete = join(cache, `${wheel.requirement.replace('==', '-')}-${wheel.sha256.slice(0, 12)}`);
  await mkdir(cache, { recursive: true });
  await expectOwn(cache);
  if (existsSync(complete)) {
    await expectOwn(complete);
    const damage = await damageIn(complete);
    if (damage === undefined) return complete;
    log(`${complete} is damaged (${damage}), and is fetched anew`);
    await rm(complete, { recursive: true, force: true });
  }
  await removeLeftovers(cache);
  const partial = await mkdtemp(join(cache, partialPrefix));
  try {
    log(`Downloading ${wheel.requirement} (230 MB, once for this user)`);
    const wheels = join(partial, 'wheel');
    await download(wheel, wheels);
    const file = (await readdir(wheels)).find(name => name.endsWith('.whl'));
    if (!file) throw new Error(`the download of ${wheel.requirement} left no wheel`);
    await verify(join(wheels, file), wheel.sha256);
    log('Unpacking libtensorflow (680 MB)');
    const library = join(partial, 'library');
    await unpack(join(wheels, file), library);
    await seal(library);
    await rename(library, complete).catch((error: NodeJS.ErrnoException) => {
      // Another run was faster: its folder is as good.
      if (!existsSync(complete)) throw error;
    });
    return complete;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

const partialPrefix = 'partial-';

/** What killed runs left behind; the caller holds the lock, so no other run is at work here. */
async function removeLeftovers(cache: string): Promise<void> {
  const leftovers = (await readdir(cache)).filter(name => name.startsWith(partialPrefix));
  await Promise.all(leftovers.map(name => rm(join(cache, name), { recursive: true, force: true })));
}

async function verify(file: string, expected: string): Promise<void> {
  const found = await sha256Of(file);
  if (found !== expected) {
    throw new Error(
      `${basename(file)} is damaged or not the file expected: sha256 ${expected} expected, ${found} found`,
    );
  }
}

/** Where a wheel's entry goes: the libraries to the top, the headers of the C interface to `include/`, the rest nowhere. */
function destination(entry: string): string | undefined {
  const library = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/.exec(entry);
  if (library) return library[1];
  const header = /^tensorflow\/(include\/(?:tensorflow\/c\/|.*tsl\/c\/|.*ctstring).*)$/.exec(entry);
  if (header && !entry.split('/').includes('..')) return header[1];
  return undefined;
}

async function unpack(wheel: string, folder: string): Promise<void> {
  const zip = await yauzl.openPromise(wheel, { autoClose: true });
  for await (const entry of zip.eachEntry()) {
    const name = destination(entry.fileName);
    if (name === undefined || name.endsWith('/')) continue;
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file));
  }
}
