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
    if (!isFull) skipBecause(context, 'takes 1,000 steps: a part of npm run test:faults');
    const steps = 1000;
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
    const warm = resident.slice(warmUp);
    const [least, most] = [Math.min(...warm), Math.max(...warm)];
    expect(most / least).toBeLessThan(1.05);
    count(context, { steps, 'MB resident after the first 200': `${least.toFixed(0)} to ${most.toFixed(0)}` });
  });
});

function residentMegabytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
