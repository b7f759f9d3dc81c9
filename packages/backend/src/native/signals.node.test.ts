import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { bundleOfSources } from '../../test/bundle-of-sources';
import { demandOwnKernels } from '../../test/demand-own-kernels';
import { finish } from '../../test/finished-process';

const profiles = await mkdtemp(join(tmpdir(), 'capsnet-profiles-'));
afterAll(() => rm(profiles, { recursive: true }));
const computing = await bundleOfSources('signals-process.ts');
// What has AVX-512 computes another way, on which signals have no effect.
const env = { ONEDNN_MAX_CPU_ISA: 'AVX2' };

beforeEach(demandOwnKernels);

it.each([
  { what: 'signals that are handled', options: [] },
  { what: 'the profiler of Node', options: ['--cpu-prof', '--cpu-prof-dir', profiles] },
])('$what while TensorFlow computes: no harm is done', async ({ options }) => {
  const [first, ...rest] = [...options, computing];
  expect(await finish(first!, rest, { env })).toEqual({
    lines: ['products right: true, signals handled: true'],
    errors: '',
    code: 0,
    signal: null,
  });
});
