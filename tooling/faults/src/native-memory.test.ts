import { times } from '@capsnet/testing/extent';
import { describe, expect, test } from 'vitest';
import { bundleOfSources } from '../../../packages/backend/test/bundle-of-sources';
import { demandOwnKernels } from '../../../packages/backend/test/demand-own-kernels';
import { finish } from '../../../packages/backend/test/finished-process';
import { count } from './counts';

const manySteps = await bundleOfSources('many-steps-process.ts');
const outOfMemory = await bundleOfSources('out-of-memory-process.ts');

/** Steps in which the engine settles: code is compiled, pools are filled. */
const warmUp = times({ full: 200, quick: 20 });
/** On a large machine V8 would rather let garbage lie than collect it, for hundreds of megabytes. */
const smallHeap = '--max-old-space-size=48 --max-semi-space-size=1';

describe('memory of the C++ kernels of the native backend', () => {
  test('step after step', async context => {
    demandOwnKernels(context);
    const steps = times({ full: 1000, quick: 100 });
    const { lines, errors, code } = await finish(manySteps, [String(steps)], {
      env: { NODE_OPTIONS: smallHeap },
    });
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    const told = lines.map(line => line.split(' ').map(Number) as [tensors: number, resident: number]);
    expect(told).toHaveLength(steps);
    expect(new Set(told.map(([tensors]) => tensors))).toEqual(new Set([0]));
    const resident = told.slice(warmUp).map(([, bytes]) => bytes / 2 ** 20);
    const [least, most] = [Math.min(...resident), Math.max(...resident)];
    // The outputs of one step are 1 MB: were they kept, it would be hundreds.
    expect(most - least).toBeLessThan(0.1 * least);
    count(context, {
      steps,
      [`to ${Math.round(most)} MB resident after the first ${warmUp}`]: Math.round(least),
    });
  });

  test('more than there is', async context => {
    demandOwnKernels(context);
    // TensorFlow waits ten seconds for memory that others may give back.
    const all = [
      'routing',
      'bilinear convolution',
      '3x3 convolution',
      'self-attention routing',
      'convolution with ReLU',
    ];
    const kernels = all.slice(0, times({ full: all.length, quick: 1 }));
    const env = { TF_CPU_BFC_MEM_LIMIT_IN_MB: '40' };
    const { lines, code } = await finish(outOfMemory, kernels, { env });
    const refused = kernels.map(() => expect.stringContaining('OOM when allocating'));
    expect({ lines, code }).toEqual({ lines: [...refused, '6'], code: 0 });
    count(context, { 'kernels refused with an error, and the process computed on': kernels.length });
  });
});
