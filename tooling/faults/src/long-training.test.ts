import { readFileSync } from 'node:fs';
import { isFull, times } from '@capsnet/testing/extent';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { backends, demandBackend, useBackend } from './backends';
import { count, skipBecause } from './counts';
import { trainHere, withNet } from './small-run';
import { training } from './training';

/** Steps in which the engine settles: code is compiled, pools are filled. */
const warmUp = 200;
/** On a large machine V8 would rather let garbage lie than collect it, for hundreds of megabytes. */
const smallHeap = '--max-old-space-size=48 --max-semi-space-size=1';

describe('a long training', () => {
  test.for(backends)('tensors on %s', async (backend, context) => {
    await useBackend(context, backend);
    const steps = times({ full: 1000, quick: 100 });
    const tensors: number[] = [];
    await withNet(net =>
      trainHere(
        net,
        { epochs: 1000, maxSteps: steps },
        {
          hear({ type }) {
            if (type === 'step') tensors.push(tf.memory().numTensors);
          },
        },
      ),
    );
    // The last step prepares no further batch.
    const last = tensors.pop()!;
    const [first] = tensors as [number];
    expect(tensors).toEqual(Array(steps - 1).fill(first));
    expect(last).toBeLessThan(first);
    count(context, { steps, 'tensors at each of them but the last': first });
  });

  test.for(backends)('resident memory on %s', async (backend, context) => {
    await demandBackend(context, backend);
    if (process.platform !== 'linux') skipBecause(context, 'resident memory of a process is read from /proc');
    // In fewer steps the memory has not settled yet.
    if (!isFull) skipBecause(context, 'takes 1,000 steps and more: a part of npm run test:faults');
    // The memory of WebAssembly never shrinks, and may grow late.
    const steps = { native: 1000, wasm: 2000 }[backend];
    const { begin } = training({ backend, epochs: 1, steps });
    const resident: number[] = [];
    let read = () => 0;
    const { code, stderr } = await begin(
      'long',
      {
        env: { NODE_OPTIONS: smallHeap },
        onStart: ({ pid }) => {
          read = () => residentMegabytes(pid!);
        },
        onLine(line) {
          if (line.startsWith('{"type":"step"')) resident.push(read());
        },
      },
      ['--set', 'training.checkpointEvery=null'],
    );
    expect([code, stderr, resident.length]).toEqual([0, '', steps]);
    const range = flat(resident.slice(warmUp));
    count(context, { steps, 'MB resident after the first 200': range });
  });
});

describe('a long evaluation', () => {
  test.for(backends)('resident memory on %s', async (backend, context) => {
    await demandBackend(context, backend);
    if (process.platform !== 'linux') skipBecause(context, 'resident memory of a process is read from /proc');
    if (!isFull) skipBecause(context, 'takes 60,000 images: a part of npm run test:faults');
    const images = 60_000;
    const { begin, evaluate } = training({ backend, epochs: 1 });
    expect((await begin('short')).code).toBe(0);
    const resident: number[] = [];
    let timer: NodeJS.Timeout | undefined;
    const { code, stderr, stdout } = await evaluate('short', images, {
      env: { NODE_OPTIONS: smallHeap },
      onStart: child => {
        timer = setInterval(() => {
          if (child.exitCode === null) resident.push(residentMegabytes(child.pid!));
        }, 50);
        child.once('exit', () => clearInterval(timer));
      },
    });
    expect([code, stderr, JSON.parse(stdout).images]).toEqual([0, '', images]);
    // Before, the images are loaded and the engine settles; after, all mistakes are written. Batches that were kept would be 35 MB.
    const range = flat(resident.slice(resident.length * 0.5, resident.length * 0.9), 1.1);
    count(context, { images, 'MB resident from half to nine tenths of the time': range });
  });
});

/** The least and the most; they hardly differ. */
function flat(megabytes: readonly number[], within = 1.05): string {
  const [least, most] = [Math.min(...megabytes), Math.max(...megabytes)];
  expect(most / least).toBeLessThan(within);
  return `${least.toFixed(0)} to ${most.toFixed(0)}`;
}

function residentMegabytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
