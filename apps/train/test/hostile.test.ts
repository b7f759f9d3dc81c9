import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { barsModel, writeBars } from './bars';
import { capsnet, jsonLines, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-hostile-'));
const at = (...path: string[]) => join(folder, ...path);
const cwd = folder;
const pretrained = ['--pretrained', 'efficient-capsnet-mnist', '--backend', 'cpu'];
/** Clears the screen, sets the title, by a control of one character too, and turns the direction of writing. */
const escapes = '\u001b[2J\u001b]0;title\u0007\u009b2J\u202e';

/** All but line feeds. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe.runIf(process.platform === 'linux')('a file that never ends is refused', () => {
  execFileSync('mkfifo', [at('fifo')]);
  mkdirSync(at('pipes'));
  writeBars(at('pipes'));
  renameSync(at('pipes/t10k-labels-idx1-ubyte'), at('pipes/other'));
  execFileSync('mkfifo', [at('pipes/t10k-labels-idx1-ubyte')]);

  it.each(
    ['/dev/zero', 'fifo'].flatMap(file =>
      [
        ['predict', ...pretrained, file],
        ['train', '--config', file],
        ['experiment', file],
        ['evaluate', '--model', file],
      ].map(args => ({ line: args.join(' '), args })),
    ),
  )('$line', async ({ args }) => {
    const { code, stderr } = await capsnet(args, { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/ is a device or a pipe, expected a file\n$/)]);
  });

  it('though the system says that it is an empty file', async () => {
    // Says that it has no bytes, and gives more than a megabyte for each process.
    const { code, stderr } = await capsnet(['train', '--config', '/proc/self/pagemap'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected at most 67108864 bytes, found more'),
    ]);
  });

  it('among data', async () => {
    const { code, stderr } = await capsnet(['info', '--data', 'pipes'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      `capsnet: data: ${join(cwd, 'pipes')}/t10k-labels-idx1-ubyte: expected a file, found a device or a pipe\n`,
    ]);
  });
});

describe('control characters never reach a terminal', () => {
  it.runIf(process.platform !== 'win32').each([
    ['a missing file', ['predict', ...pretrained, `no${escapes}file.png`]],
    ['a name', ['train', '--name', escapes]],
    ['an option', [`--${escapes}`]],
    ['a command', [escapes]],
    ['a key', ['train', '--set', `training.${escapes}=3`]],
    ['a folder of runs', ['evaluate', '--runs', escapes]],
    ['a folder of data', ['info', '--data', escapes]],
    ['a backend', ['predict', '--pretrained', 'capsnet-mnist', '--backend', escapes, 'a.png']],
  ])('of %s', async (_, args) => {
    const { code, stdout, stderr } = await capsnet(args, { cwd, env: { NO_COLOR: '1' } });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toMatch(controls);
    expect(stderr).toMatch(/\\u001b/);
  });

  it('of keys in a file', async () => {
    writeFileSync(at('keys.json'), JSON.stringify({ [escapes]: 1 }));
    const { stderr } = await capsnet(['train', '--config', 'keys.json'], { cwd });
    expect(stderr).not.toMatch(controls);
    expect(stderr).toContain('\\u001b');
  });

  it('not in JSON either', async () => {
    const { stdout } = await capsnet(['predict', ...pretrained, '--json', `no${escapes}.png`], { cwd });
    expect(stdout).not.toMatch(controls);
    expect(jsonLines(stdout)[0]!.message).toContain(escapes);
  });
});

describe('--json says errors too', () => {
  it.each([
    ['an option', ['train', '--epoch', '3', '--json'], 'invalid-argument', "unknown option '--epoch'"],
    [
      'a missing file',
      ['train', '--config', 'none.json', '--json'],
      'invalid-argument',
      'none.json: no such file',
    ],
    [
      'a folder of data',
      ['info', '--json', '--data', 'none'],
      'invalid-argument',
      '--data none: no such file or folder, and no set of that name',
    ],
  ])('%s', async (_, args, code, message) => {
    const { stdout, stderr, code: exit } = await capsnet(args, { cwd });
    expect(exit).toBe(2);
    const lines = jsonLines(stdout);
    expect(lines).toEqual([{ type: 'error', message: expect.stringContaining(message), code }]);
    expect(stderr).toBe(`capsnet: ${lines[0]!.message}\n`);
  });
});

it.runIf(process.platform !== 'win32')('no program that a repository names is run', async () => {
  // As if this were the checkout of the program: the folder above is what it asks.
  const checkout = at('checkout');
  const { cpSync, symlinkSync } = await import('node:fs');
  mkdirSync(join(checkout, 'apps/train'), { recursive: true });
  const source = join(import.meta.dirname, '..');
  const built = process.env.CAPSNET_PROGRAM ? join(process.env.CAPSNET_PROGRAM, '../..') : source;
  for (const name of ['bin', 'dist', 'package.json']) {
    cpSync(join(built, name), join(checkout, 'apps/train', name), { recursive: true });
  }
  symlinkSync(join(source, 'node_modules'), join(checkout, 'apps/train/node_modules'), 'junction');
  writeFileSync(join(checkout, 'package.json'), '{"name": "capsnet-workspace"}');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], { cwd: checkout });
  git('init', '-q');
  git('add', 'package.json');
  git('commit', '-qm', 'one');
  writeFileSync(at('monitor'), `#!/bin/sh\necho run >> '${at('was-run')}'\n`, { mode: 0o755 });
  git('config', 'core.fsmonitor', at('monitor'));
  writeFileSync(at('was-run'), '');
  writeBars(at('bars'), { train: 64, test: 16 });
  const { code } = await capsnet(
    [
      ...['train', '--data', 'bars', '--all', '--epochs', '1', '--backend', 'wasm', '--name', 'watched'],
      ...barsModel,
      ...set('training.batchSize=16', 'data.shift=0'),
    ],
    { cwd, program: join(checkout, 'apps/train/bin/capsnet.js') },
  );
  expect(code).toBe(0);
  expect(readFileSync(at('was-run'), 'utf8')).toBe('');
});
