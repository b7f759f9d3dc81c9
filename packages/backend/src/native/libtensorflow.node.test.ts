import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  let program: string;

  // Node runs no TypeScript, so the processes run a bundle of the sources.
  beforeAll(async () => {
    const source = `
      import { copyFile, mkdir } from 'node:fs/promises';
      import { join } from 'node:path';
      import { alone } from ${JSON.stringify(join(import.meta.dirname, 'alone.ts'))};
      import { libtensorflow } from ${JSON.stringify(join(import.meta.dirname, 'libtensorflow.ts'))};
      const { cache, wheel, wheelFile, hang } = JSON.parse(process.argv[2]);
      const download = async (_, to) => {
        await mkdir(to, { recursive: true });
        await copyFile(wheelFile, join(to, 'a.whl'));
        console.log('downloaded');
        if (hang) await new Promise(() => setInterval(() => {}, 1000));
      };
      console.log(await alone(cache, () => libtensorflow(cache, () => {}, wheel, download), 2000));
    `;
    const entry = join(folder, 'entry.js');
    await writeFile(entry, source);
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: entry,
        outDir: join(folder, 'program'),
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: 'entry.mjs' } },
      },
    });
    program = join(folder, 'program', 'entry.mjs');
  });

  function start(hang = false): ChildProcess & { output: Promise<string> } {
    const child = spawn(process.execPath, [program, JSON.stringify({ cache, wheel, wheelFile, hang })]);
    let text = '';
    child.stdout.on('data', chunk => (text += chunk));
    child.stderr.on('data', chunk => (text += chunk));
    return Object.assign(child, { output: once(child, 'close').then(() => text) });
  }

  it('that race download once and agree', async () => {
    const outputs = await Promise.all([start(), start(), start()].map(child => child.output));
    const folders = outputs.map(output => output.trim().split('\n').at(-1));
    expect(new Set(folders)).toEqual(
      new Set([join(cache, `tensorflow-cpu-0.0.0-${wheel.sha256.slice(0, 12)}`)]),
    );
    expect(outputs.join('').match(/downloaded/g)).toHaveLength(1);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('of which one is killed leave nothing that the next would trust', async () => {
    const killed = start(true);
    await once(killed.stdout!, 'data');
    killed.kill('SIGKILL');
    await killed.output;
    expect((await readdir(cache)).filter(name => name.startsWith('tensorflow'))).toEqual([]);
    const library = (await start().output).trim().split('\n').at(-1)!;
    expect((await stat(join(library, 'libtensorflow_cc.so.2'))).size).toBe(1_200_000);
    expect(await readdir(cache)).toHaveLength(1);
  });
});
