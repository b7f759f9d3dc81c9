import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { barsModel, writeBars } from './bars';
import { capsnet, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-ends-'));
const at = (...path: string[]) => join(folder, ...path);
writeBars(at('bars'), { train: 160, test: 16 });
const args = [
  ...['train', '--data', 'bars', '--backend', 'wasm', '--epochs', '20'],
  ...barsModel,
  ...set('data.validation=32', 'data.shift=0', 'training.batchSize=16', 'training.patience=null'),
];

/** Waits for a file to say something. */
async function until(file: string, holds: (text: string) => boolean): Promise<void> {
  while (!(existsSync(file) && holds(readFileSync(file, 'utf8')))) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const program = process.env.CAPSNET_PROGRAM ?? join(import.meta.dirname, '../bin/capsnet.js');

// Terminals of util-linux.
it
  .runIf(process.platform === 'linux' && existsSync('/usr/bin/script') && existsSync('/usr/bin/setsid'))
  .each([
    ['stderr in a file', '2>errors'],
    ['stderr there too', ''],
  ])(
  'a terminal that goes away does not end a training that was detached from it: %s',
  async (_, redirection) => {
    const name = redirection ? 'file' : 'there';
    const quoted = [process.execPath, program, ...args, '--name', name].map(arg => `'${arg}'`).join(' ');
    // Its last act: the exit code of the training.
    writeFileSync(
      at(`${name}.sh`),
      `${quoted} ${redirection}\necho $? > ${name}.code.new\nmv ${name}.code.new ${name}.code\n`,
    );
    const terminal = spawn('script', ['-qec', `setsid -f sh ./${name}.sh; exec cat`, '/dev/null'], {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await until(at('runs', name, 'metrics.jsonl'), text => text.includes('"step":9,'));
    terminal.kill('SIGKILL');
    await until(at(`${name}.code`), () => true);
    expect(readFileSync(at(`${name}.code`), 'utf8')).toBe('0\n');
    expect(existsSync(at('runs', name, 'results.json'))).toBe(true);
    if (redirection) expect(readFileSync(at('errors'), 'utf8')).toBe('');
  },
);

it('a reader that goes away does not end a training either, whichever of the two it read', async () => {
  const { code } = await capsnet([...args, '--name', 'unread'], {
    cwd: folder,
    onStart: ({ stdout, stderr }) => {
      stdout!.destroy();
      stderr!.destroy();
    },
  });
  expect(code).toBe(0);
  expect(existsSync(at('runs/unread/results.json'))).toBe(true);
});

// A shell's limit, and a switch of Node.
it.runIf(process.platform === 'linux').each([
  [
    'no addresses',
    'ulimit -v 3000000; exec',
    'WebAssembly.Memory(): could not allocate memory; a limit on the size of a process',
  ],
  ['no WebAssembly', 'NODE_OPTIONS= exec', 'there is no WebAssembly here', '--jitless'],
])('where wasm has %s, it says so in one line', async (_, before, reason, ...flags) => {
  const command = [
    process.execPath,
    ...flags,
    program,
    'predict',
    '--pretrained',
    'efficient-capsnet-mnist',
    '--backend',
    'wasm',
    'any.png',
  ];
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${before} "$0" "$@"`, ...command], {
    encoding: 'utf8',
    // Servers that build, which set CI, have coloured output otherwise.
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect([status, stdout]).toEqual([2, '']);
  const own = stderr.split('\n').filter(line => line !== '' && !line.startsWith('Warning: disabling flag'));
  expect(own).toEqual([
    expect.stringContaining(`capsnet: --backend wasm: backend "wasm" is not available: ${reason}`),
  ]);
});
