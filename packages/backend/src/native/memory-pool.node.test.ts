import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { bundleOfSources } from '../../test/bundle-of-sources';
import { demandOwnKernels } from '../../test/demand-own-kernels';
import { finish } from '../../test/finished-process';

const computing = await bundleOfSources('memory-pool-process.ts');
const outOfMemory = await bundleOfSources('out-of-memory-process.ts');

beforeEach(demandOwnKernels);

/** What a process says of the pool after `pickBackend`, and what TensorFlow's setting is then. */
async function poolIn(script: string, env: NodeJS.ProcessEnv = {}) {
  const { lines, errors, code } = await finish(script, [], { env });
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  return lines;
}

it.each([
  { given: undefined, setting: 'true', pool: 'on' },
  { given: 'true', setting: 'true', pool: 'on' },
  { given: '1', setting: '1', pool: 'on' },
  { given: 'false', setting: 'false', pool: 'off' },
  { given: '0', setting: '0', pool: 'off' },
])('TensorFlow keeps its memory unless told not to: $given', async ({ given, setting, pool }) => {
  const env = given === undefined ? {} : { TF_CPU_ALLOCATOR_USE_BFC: given };
  expect(await poolIn(computing, env)).toEqual([
    `listed: memory pool ${pool}`,
    `picked: memory pool ${pool}`,
    `setting ${setting}`,
  ]);
});

it('says that it cannot be had any more where TensorFlow was loaded before', async () => {
  const script = join(dirname(computing), 'loaded-before.mjs');
  await writeFile(script, `import '@tensorflow/tfjs-node';\nawait import(${JSON.stringify(computing)});\n`);
  const lines = await poolIn(script);
  expect(lines).toEqual(['listed: memory pool off', 'picked: memory pool off', 'setting undefined']);
});

it('says that it cannot be had from a worker, whose environment TensorFlow does not see', async () => {
  const script = join(dirname(computing), 'in-a-worker.mjs');
  const worker = `import { Worker } from 'node:worker_threads';\nnew Worker(${JSON.stringify(computing)});\n`;
  await writeFile(script, worker);
  const lines = await poolIn(script);
  expect(lines).toEqual(['listed: memory pool off', 'picked: memory pool off', 'setting undefined']);
});

it('a kernel that needs more memory than there is says so, and the process goes on', async () => {
  // TensorFlow waits ten seconds for memory that others may give back: so one kernel stands for all.
  const { lines, code } = await finish(outOfMemory, ['routing'], {
    env: { TF_CPU_BFC_MEM_LIMIT_IN_MB: '40' },
  });
  expect({ lines, code }).toEqual({ lines: [expect.stringMatching(/OOM|memory/), '6'], code: 0 });
});
