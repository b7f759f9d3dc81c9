import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listBackends } from '@capsnet/backend';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { finish } from '../../../test/finished-process';
import { append, compiler, type NativeProject, nativeProject } from '../../../test/native-project';
import { run } from './run';

const native = (await listBackends()).find(({ name }) => name === 'native')!;
/** Where the shell finds it. */
const gcc = await run('sh', ['-c', 'command -v g++'], { timeout: 10_000 }).then(
  path => path.trim(),
  () => undefined,
);
const missing = !native.available ? native.reason : gcc ? undefined : 'g++ is not installed';

let project: NativeProject;
let quick: string;
beforeAll(async () => {
  if (missing) return;
  project = await nativeProject();
  // How fast the kernels are does not matter here, but how fast they are compiled.
  quick = await compiler(project, `exec ${gcc} "$@" -O0`);
});
afterAll(() => project?.remove());
beforeEach(({ skip }) => {
  if (missing) skip(missing);
});

const notBuilt =
  'without our own kernels (not built; `npx --package @capsnet/backend capsnet-native install` builds them, with g++)';

/** That the backend computes, and says what of our kernels. */
async function expectState(said: string) {
  const { lines, errors, code } = await project.compute();
  expect({ lines, errors, code }).toEqual({
    lines: [expect.stringMatching(/^.+ x \d+, TensorFlow [\d.]+, [^\n]+, memory pool on$/), '6'],
    errors: '',
    code: 0,
  });
  expect(lines[0]).toContain(`, ${said}`);
}

/** What `capsnet-native status` says of our kernels; the native backend works in any case. */
async function expectStatus(said: unknown) {
  const { lines, code } = await project.status();
  expect({ lines, code }).toEqual({
    lines: [expect.stringMatching(/^TensorFlow [\d.]+: ready \(/), said],
    code: 0,
  });
}

/** The path of the only file of kernels. */
async function kernelsFile(): Promise<string> {
  const [name, ...others] = await project.kernels();
  expect(others).toEqual([]);
  return join(project.copy, 'lib/napi-v8', name!);
}

it('computes without them, and says what to do', async () => {
  await expectState(notBuilt);
  await expectStatus(
    'Own kernels: not in use (not built; `npx --package @capsnet/backend capsnet-native install` builds them, with g++)',
  );
});

it('says what is missing where there is no compiler', async () => {
  const { lines, code } = await project.install('/nowhere');
  expect(lines).toEqual([
    expect.stringContaining('Native backend: ready'),
    "Own kernels: not available (building them needs g++); TensorFlow's operations are used instead, which are slower. " +
      'To get them: put right what is named and run `npx --package @capsnet/backend capsnet-native install`',
  ]);
  expect(code).toBe(0);
});

it('says what the compiler says, and leaves nothing', async () => {
  const kernels = join(project.sources, 'kernels.cc');
  const source = await readFile(kernels, 'utf8');
  await append(kernels, '#error no such instruction\n');
  const { lines, code } = await project.install(`${quick}:/usr/bin:/bin`);
  await writeFile(kernels, source);
  expect(lines.slice(2)).toEqual([
    expect.stringMatching(
      /^Own kernels: not available \(g\+\+ ended .* error: #error no such instruction\); /,
    ),
  ]);
  expect(code).toBe(0);
  expect(await project.kernels()).toEqual([]);
  expect(await project.unfinished()).toEqual([]);
  await expectState(notBuilt);
});

it('trusts nothing that a killed installation has left, and builds on', async () => {
  // The compiler ends the installation when it has written half of a file.
  const deadly = await compiler(
    project,
    `[ "$1" = --version ] && exit 0
for last; do :; done
echo half > "$last"
kill -9 $PPID`,
  );
  const { signal } = await project.install(`${deadly}:/usr/bin:/bin`);
  expect(signal).toBe('SIGKILL');
  expect(await project.unfinished()).toHaveLength(1);
  expect(await project.kernels()).toEqual([]);
  await expectState(notBuilt);

  const { lines } = await project.install(`${quick}:/usr/bin:/bin`);
  expect(lines.slice(1)).toEqual([
    'Compiling our own kernels',
    expect.stringMatching(/^Own kernels: ready, for (avx512|avx2|generic), \d+ threads?$/),
  ]);
  expect(await project.unfinished()).toEqual([]);
  await expectState('our own kernels for ');
});

it('keeps what is there', async () => {
  const { lines } = await project.install('/nowhere');
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^Own kernels: ready, for /)]);
  await expectStatus(lines[1]);
});

it.each<{ title: string; damage: (file: Buffer) => Buffer; said: string }>([
  {
    title: 'half of a file',
    damage: file => file.subarray(0, file.length / 2),
    said: 'their file is damaged',
  },
  { title: 'an empty file', damage: () => Buffer.alloc(0), said: 'their file is damaged' },
  { title: 'a file with another byte', damage: file => changed(file, 5000), said: 'their file is damaged' },
  {
    title: 'a file for another machine',
    damage: file => sealed(changed(file.subarray(0, -32), 18)), // where ELF has the kind of processor
    said: 'they do not load: ',
  },
])('computes without them beside $title', async ({ damage, said }) => {
  const path = await kernelsFile();
  const whole = await readFile(path);
  await writeFile(path, damage(whole));
  const { lines } = await project.compute();
  await expectState(`without our own kernels (${said}`);
  expect(lines[0]).toContain('; `npx --package @capsnet/backend capsnet-native install` builds them anew)');
  await expectStatus(expect.stringContaining(`Own kernels: not in use (${said}`));
  await writeFile(path, whole);
});

it('builds those anew that are damaged', async () => {
  const path = await kernelsFile();
  await writeFile(path, 'nothing of the kind');
  const { lines } = await project.install(`${quick}:/usr/bin:/bin`);
  expect(lines.slice(1)).toEqual([
    'Compiling our own kernels',
    expect.stringMatching(/^Own kernels: ready, for /),
  ]);
  await expectState('our own kernels for ');
});

it('builds those of another version, beside which the others stay; one process can load both', async () => {
  const [before] = await project.kernels();
  await append(join(project.sources, 'kernels.h'), '// another version\n');
  await expectState(notBuilt);
  const { lines } = await project.install(`${quick}:/usr/bin:/bin`);
  expect(lines.slice(1)).toEqual([
    'Compiling our own kernels',
    expect.stringMatching(/^Own kernels: ready, for /),
  ]);
  const both = await project.kernels();
  expect(both).toHaveLength(2);
  expect(both).toContain(before);

  const paths = both.map(name => join(project.copy, 'lib/napi-v8', name));
  const loading = join(project.copy, 'loading.cjs');
  await writeFile(
    loading,
    `require('@tensorflow/tfjs-node');
    const builds = ${JSON.stringify([...paths, ...paths])}.map(path => (delete require.cache[path], require(path).build));
    console.log(builds.join(' '));`,
  );
  const { lines: loaded, code } = await finish(loading, []);
  const builds = both.map(name => /-(\w+)\./.exec(name)![1]);
  expect({ loaded, code }).toEqual({ loaded: [[...builds, ...builds].join(' ')], code: 0 });
});

function changed(file: Buffer, place: number): Buffer {
  const copy = Buffer.from(file);
  copy[place]! ^= 0xff;
  return copy;
}

/** With its digest at its end, as an installation writes it. */
function sealed(file: Buffer): Buffer {
  return Buffer.concat([file, createHash('sha256').update(file).digest()]);
}
