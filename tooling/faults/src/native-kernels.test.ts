import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFull, times } from '@capsnet/testing/extent';
import { describe, expect, type TestContext, test } from 'vitest';
import { instructionSets } from '../../../packages/backend/src/native/install/own-kernels';
import { count, skipBecause } from './counts';
import { temporaryFolder } from './training';

const backend = join(import.meta.dirname, '../../../packages/backend');
const run = promisify(execFile);

describe('the C++ kernels of the native backend against plain loops, watched by sanitizers', () => {
  test.for(Object.keys(instructionSets))('%s', async (set, context) => {
    demandProcessor(context, set);
    const program = await compile(context, set);
    const problems = times({ full: 400, quick: 20 });
    const threads = [1, 3];
    let kinds: string[] = [];
    for (const number of threads) {
      // They allocate nothing, and to look for leaks needs rights that a container may not give.
      const env = { ...process.env, TF_NUM_INTRAOP_THREADS: String(number), ASAN_OPTIONS: 'detect_leaks=0' };
      const { stdout } = await run(program, [String(problems)], { env });
      kinds = stdout.trim().split('\n');
      expect(kinds).toContain(`${problems} routings`);
    }
    count(context, {
      [`problems of ${kinds.length} kinds`]: problems * kinds.length,
      'numbers of threads': threads.length,
    });
  });
});

/** What the kernel of Linux calls the features that gcc's options allow it to use. */
const features: Readonly<Record<string, readonly string[]>> = {
  generic: [],
  avx2: ['avx2', 'fma'],
  avx512: ['avx512f', 'avx512dq', 'avx512vl', 'avx512bw', 'fma'],
};

function demandProcessor(context: TestContext, set: string): void {
  if (process.platform !== 'linux')
    skipBecause(context, `the kernels are made for Linux, and this is ${process.platform}`);
  const has = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []);
  const missing = features[set]!.filter(feature => !has.has(feature));
  if (missing.length > 0) skipBecause(context, `the processor lacks ${missing.join(', ')}`);
  if (set !== 'generic' && !isFull && set !== bestOf(has))
    skipBecause(context, 'a part of npm run test:faults: npm test has the best that the processor can');
}

function bestOf(has: ReadonlySet<string>): string | undefined {
  return Object.keys(instructionSets).findLast(set => features[set]!.every(feature => has.has(feature)));
}

/** The kernels without what TensorFlow and Node see of them, and the tests of packages/backend/native-test. */
async function compile(context: TestContext, set: string): Promise<string> {
  const program = join(temporaryFolder(), set);
  const kernels = readdirSync(join(backend, 'native')).filter(
    name => name.endsWith('.cc') && !/^(addon|memory|instruction-sets|.*-operations)\.cc$/.test(name),
  );
  const tests = readdirSync(join(backend, 'native-test')).filter(name => name.endsWith('.cc'));
  const args = [
    ...['-std=c++17', '-g', '-O1', '-pthread'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ...[`-DINSTRUCTION_SET=${set}`, ...instructionSets[set]!, '-I', 'native', '-I', 'native-test'],
    ...kernels.map(name => join('native', name)),
    ...tests.map(name => join('native-test', name)),
    ...['-o', program],
  ];
  await run('g++', args, { cwd: backend }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') skipBecause(context, 'g++ is not installed');
    throw error;
  });
  return program;
}
