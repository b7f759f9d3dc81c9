import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, type Program, start } from '@capsnet/testing/child-process';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../test/downloading-process';
import { libtensorflow, type Wheel } from './libtensorflow';

let folder: string;
let cache: string;
let wheelFile: string;
let wheel: Wheel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsnet-native-'));
  const bytes = (text: string) => new TextEncoder().encode(text);
  const content = zipSync({
    'tensorflow/libtensorflow_cc.so.2': bytes('the library '.repeat(100_000)),
    'tensorflow/libtensorflow_framework.so.2': bytes('the framework'),
    'tensorflow/include/tensorflow/c/c_api.h': bytes('// a header'),
    'tensorflow/include/xla/tsl/c/tsl_status.h': bytes('// another'),
    'tensorflow/include/tensorflow/core/other.h': bytes('// not needed'),
    'tensorflow/python/module.py': bytes('# not needed'),
  });
  wheelFile = join(folder, 'tensorflow_cpu-0.0.0-py3-none-any.whl');
  await writeFile(wheelFile, content);
  wheel = {
    requirement: 'tensorflow-cpu==0.0.0',
    sha256: createHash('sha256').update(content).digest('hex'),
    platform: [],
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  cache = await mkdtemp(join(folder, 'cache-'));
});

/** A download of the small wheel, which counts itself. */
async function copyWheel(_: Wheel, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'tensorflow_cpu-0.0.0-py3-none-any.whl'), await readFile(wheelFile));
}

describe('libtensorflow', () => {
  it('keeps the libraries and the headers that are needed, downloads once, and keeps no wheel', async () => {
    const lines: string[] = [];
    const library = await libtensorflow(cache, line => lines.push(line), wheel, copyWheel);
    expect((await readdir(library, { recursive: true })).sort()).toEqual(
      expect.arrayContaining(['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']),
    );
    expect((await stat(join(library, 'libtensorflow_cc.so.2'))).size).toBe(1_200_000);
    expect(await readFile(join(library, 'include/tensorflow/c/c_api.h'), 'utf8')).toBe('// a header');
    expect(existsSync(join(library, 'include/xla/tsl/c/tsl_status.h'))).toBe(true);
    expect(existsSync(join(library, 'include/tensorflow/core/other.h'))).toBe(false);
    expect(await readdir(cache)).toHaveLength(1);

    const never = () => Promise.reject(new Error('a second download'));
    expect(await libtensorflow(cache, () => {}, wheel, never)).toBe(library);
    expect(lines.filter(line => line.startsWith('Downloading'))).toHaveLength(1);
  });

  it.each<[string, (library: string) => Promise<void>, string]>([
    [
      'a library that is cut off',
      library => truncate(join(library, 'libtensorflow_cc.so.2'), 1000),
      'libtensorflow_cc.so.2: expected the SHA-256 ',
    ],
    [
      'a header that is missing',
      library => rm(join(library, 'include/tensorflow/c/c_api.h')),
      'include/tensorflow/c/c_api.h: expected the SHA-256 ',
    ],
    ['no digests', library => rm(join(library, 'sha256.json')), 'sha256.json is missing or cut off'],
  ])('fetches anew what has %s', async (_, damage, message) => {
    await damage(await libtensorflow(cache, () => {}, wheel, copyWheel));
    const lines: string[] = [];
    const library = await libtensorflow(cache, line => lines.push(line), wheel, copyWheel);
    expect(lines[0]).toContain(`${library} is damaged (${message}`);
    expect((await stat(join(library, 'libtensorflow_cc.so.2'))).size).toBe(1_200_000);
    expect(await readFile(join(library, 'include/tensorflow/c/c_api.h'), 'utf8')).toBe('// a header');
    const never = () => Promise.reject(new Error('a third download'));
    expect(await libtensorflow(cache, () => {}, wheel, never)).toBe(library);
  });

  it('trusts no folder into which others may write', async () => {
    const library = await libtensorflow(cache, () => {}, wheel, copyWheel);
    for (const folder of [library, cache]) {
      await chmod(folder, 0o777);
      await expect(libtensorflow(cache, () => {}, wheel, copyWheel)).rejects.toThrow(
        `everybody may write into ${folder}: remove it, or name another folder for caches by XDG_CACHE_HOME`,
      );
      await chmod(folder, 0o755);
    }
    expect(await libtensorflow(cache, () => {}, wheel, copyWheel)).toBe(library);
  });

  it.runIf(process.getuid?.() === 0)('trusts no folder of another user', async () => {
    const library = await libtensorflow(cache, () => {}, wheel, copyWheel);
    await chown(library, 65534, 65534);
    await expect(libtensorflow(cache, () => {}, wheel, copyWheel)).rejects.toThrow(
      `${library} belongs to another user`,
    );
  });

  it('refuses a wheel with another digest, and leaves nothing', async () => {
    const other = { ...wheel, sha256: '0'.repeat(64) };
    await expect(libtensorflow(cache, () => {}, other, copyWheel)).rejects.toThrow(
      `tensorflow_cpu-0.0.0-py3-none-any.whl is damaged or not the file expected: sha256 ${other.sha256} expected, ${wheel.sha256} found`,
    );
    expect(await readdir(cache)).toEqual([]);
  });

  it('says what is wrong when the download fails, and leaves nothing', async () => {
    const failing = () => Promise.reject(new Error('python3 ended with code 1: no matching distribution'));
    await expect(libtensorflow(cache, () => {}, wheel, failing)).rejects.toThrow('no matching distribution');
    expect(await readdir(cache)).toEqual([]);
  });
});

describe('several processes', () => {
  let bundled: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    bundled = await bundle(join(import.meta.dirname, '../../../test/downloading-process.ts'));
  });
  afterAll(() => bundled.remove());

  const startOne = (hang = false) => {
    const task: Task = { cache, wheel, wheelFile, hang };
    return start(bundled.script, [JSON.stringify(task)]);
  };

  async function linesOf(program: Program): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await program.nextLine(); line !== undefined; line = await program.nextLine())
      lines.push(line);
    return lines;
  }

  it('that race download once and agree', async () => {
    const outputs = await Promise.all([startOne(), startOne(), startOne()].map(linesOf));
    expect(new Set(outputs.map(lines => lines.at(-1)))).toEqual(
      new Set([join(cache, `tensorflow-cpu-0.0.0-${wheel.sha256.slice(0, 12)}`)]),
    );
    expect(outputs.flat().filter(line => line === 'downloaded')).toHaveLength(1);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('of which one is killed leave nothing that the next would trust', async () => {
    const killed = startOne(true);
    expect(await killed.nextLine()).toBe('downloaded');
    await killed.kill();
    expect((await readdir(cache)).filter(name => name.startsWith('tensorflow'))).toEqual([]);
    const library = (await linesOf(startOne())).at(-1)!;
    expect((await stat(join(library, 'libtensorflow_cc.so.2'))).size).toBe(1_200_000);
    expect(await readdir(cache)).toHaveLength(1);
  });
});
