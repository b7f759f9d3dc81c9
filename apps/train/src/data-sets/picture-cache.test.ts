import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPictures, readPictures } from '@capsnet/data/node';
import { png } from '@capsnet/testing/png';
import { beforeEach, expect, it, vi } from 'vitest';
import { openConsole } from '../terminal/console';
import type { PictureOptions } from './data-set';
import { keepPictures, keptPictures } from './picture-cache';

const place = mkdtempSync(join(tmpdir(), 'capsnet-cache-'));
const folder = join(place, 'photos');
const cache = join(place, 'cache');
const options: PictureOptions = {
  height: null,
  width: null,
  fit: 'contain',
  channels: null,
  test: 0.2,
  seed: 1,
};
const picture = (value: number) => png({ width: 2, height: 1 }, Uint8Array.of(0, value, 255));
const silent = openConsole(true);

beforeEach(() => {
  rmSync(place, { recursive: true, force: true });
  for (const [index, name] of ['train/a', 'train/b', 'test/a', 'test/b'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, '1.png'), picture(index));
  }
  vi.stubEnv('XDG_CACHE_HOME', cache);
});

async function keep() {
  const found = findPictures(folder);
  const sets = await readPictures(found);
  await keepPictures(found, options, sets, silent);
  return sets;
}

const kept = (changed: Partial<PictureOptions> = {}) =>
  keptPictures(findPictures(folder), { ...options, ...changed });
const file = () => {
  const pictures = join(cache, 'capsnet', 'pictures');
  return join(pictures, readdirSync(pictures)[0]!);
};

it('gives what was kept, and nobody else may read it', async () => {
  expect(await kept()).toBeUndefined();
  const sets = await keep();
  expect(await kept()).toEqual(sets);
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it.each<[string, () => void]>([
  ['a picture has changed', () => writeFileSync(join(folder, 'train/a/1.png'), picture(9))],
  ['there is one more', () => writeFileSync(join(folder, 'train/a/2.png'), picture(9))],
  ['there is one less', () => rmSync(join(folder, 'test/b/1.png'))],
  ['a byte of it is another', () => spoil(-1)],
  ['it is cut off', () => writeFileSync(file(), readFileSync(file()).subarray(0, 100))],
  ['it is no file of ours', () => writeFileSync(file(), 'hello')],
])('gives nothing when %s', async (_, change) => {
  await keep();
  change();
  expect(await kept()).toBeUndefined();
});

it('gives nothing for other options', async () => {
  await keep();
  expect(await kept({ seed: 2 })).toBeUndefined();
  expect(await kept({ height: 3, width: 4 })).toBeUndefined();
});

it('tells when it cannot be kept, and that is all', async () => {
  mkdirSync(cache);
  writeFileSync(join(cache, 'capsnet'), 'a file where the folder would be');
  const notes: string[] = [];
  const found = findPictures(folder);
  await keepPictures(found, options, await readPictures(found), {
    ...silent,
    note: line => notes.push(line),
  });
  expect(notes).toEqual([
    expect.stringMatching(/^the pictures are read anew each time, .*expected a folder$/),
  ]);
});

function spoil(at: number) {
  const bytes = readFileSync(file());
  bytes[bytes.length + at]! ^= 1;
  writeFileSync(file(), bytes);
}
