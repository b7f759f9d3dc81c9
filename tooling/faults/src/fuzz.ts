import { Worker } from 'node:worker_threads';
import { times } from '@capsnet/testing/extent';
import fc from 'fast-check';
import { expect, type TestContext } from 'vitest';
import { count } from './counts';

export interface Reader<T> {
  /** Reads one input, and lets go of what it got; throws when it refuses. */
  read(input: T): unknown;
  /** Whether this is how the package says that it refuses. */
  isRefusal(error: unknown): boolean;
  /** Size of the input in bytes: what it may make the reader allocate is bounded by it. */
  sizeOf(input: T): number;
}

/** Memory that any input may take, in bytes: garbage, mostly, that was not collected in between. */
const basicAllowance = 8 * 2 ** 20;
const allowancePerByte = 100;

/** An input that takes longer than this hangs. */
const longest = 30_000;

/**
 * Reads inputs of which most are broken. Each one is read, or refused with an error that the package declares, in time,
 * without more memory than its size explains, and without a trace in the prototype of all objects.
 */
export async function fuzz<T>(
  context: TestContext,
  inputs: fc.Arbitrary<T>,
  reader: Reader<T>,
): Promise<void> {
  const seen = { inputs: 0, read: 0, refused: 0 };
  const prototype = Reflect.ownKeys(Object.prototype).length;
  let mostAllocated = 0;
  const watchdog = watch(context.task.name);
  try {
    await fc.assert(
      fc.asyncProperty(inputs, async input => {
        watchdog.beat();
        seen.inputs++;
        const first = await readOnce(reader, input);
        seen[first.outcome]++;
        // A table that grows or code that is compiled just then is no doing of the input, and does not happen again.
        const allowed = basicAllowance + allowancePerByte * reader.sizeOf(input);
        const { bytes } = first.bytes < allowed ? first : await readOnce(reader, input);
        mostAllocated = Math.max(mostAllocated, bytes);
        expect(bytes).toBeLessThan(allowed);
        expect(Reflect.ownKeys(Object.prototype).length).toBe(prototype);
      }),
      { numRuns: times({ full: 100_000, quick: 1_000 }), seed: 1 },
    );
  } finally {
    await watchdog.stop();
  }
  // Inputs that are all broken at once, or not at all, would show little.
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(seen.inputs / 200);
  count(context, { ...seen, 'MB allocated for one at most': (mostAllocated / 1e6).toFixed(1) });
}

async function readOnce<T>({ read, isRefusal }: Reader<T>, input: T) {
  const before = allocated();
  let outcome: 'read' | 'refused' = 'read';
  try {
    await read(input);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    outcome = 'refused';
  }
  return { outcome, bytes: allocated() - before };
}

function allocated(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Ends this process when it has not been heard of for too long: it cannot interrupt itself. */
function watch(name: string): { beat(): void; stop(): Promise<unknown> } {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { beats, longest, name } } = require('node:worker_threads');
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(beats, 0);
      if (now === last) {
        require('node:fs').writeSync(2, name + ': input ' + now + ' hangs\\n');
        process.kill(process.pid, 'SIGKILL');
      }
      last = now;
    }, longest);`,
    { eval: true, workerData: { beats, longest, name } },
  );
  return { beat: () => Atomics.add(beats, 0, 1), stop: () => worker.terminate() };
}
