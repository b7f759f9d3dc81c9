import { beforeEach, expect, it } from 'vitest';
import { bundleOfSources } from '../../../test/bundle-of-sources';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { type Finished, finish } from '../../../test/finished-process';
import { nativeProject } from '../../../test/native-project';
import type { Trained } from '../../../test/training-process';

const script = await bundleOfSources('training-process.ts');

beforeEach(demandOwnKernels);

/** The kernels of tfjs's that only ours are there for. */
const own = [
  'BilinearConvolution',
  'BilinearConvolutionGrad',
  'BilinearKernel',
  'DynamicRouting',
  'DynamicRoutingGrad',
  'MovingAverage',
  'ReluBiasGrad',
  'ReluConvolution',
  'SelfAttentionRouting',
  'SelfAttentionRoutingGrad',
  'Squash',
  'SquashGrad',
];

it('trains without our kernels, and moves the weights as with them but for rounding', async () => {
  const withOurs = told(await finish(script, []));
  const project = await nativeProject();
  // As on a machine without a compiler: nothing has built them.
  const without = await project.run('training-process.ts').then(told).finally(project.remove);

  expect(withOurs.device).toContain(', our own kernels for ');
  expect(withOurs.kernels.filter(name => own.includes(name))).toEqual(own);
  expect(without.device).toContain(', without our own kernels (not built; ');
  expect(without.kernels.filter(name => own.includes(name))).toEqual([]);

  for (const [network, losses] of Object.entries(withOurs.losses)) {
    expect(without.losses[network]!, network).toBeAllClose(losses);
    expect(losses.at(-1), network).toBeLessThan(losses[0]!);
  }
  expect(Object.keys(without.changes)).toEqual(Object.keys(withOurs.changes));
  // What is small of them has few digits, for it was added to a weight.
  for (const [name, changes] of Object.entries(withOurs.changes))
    expect(without.changes[name]!, name).toBeAllClose(changes, { relative: 1e-4, absolute: 1e-6 });
});

function told({ lines, errors, code }: Finished): Trained {
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}
