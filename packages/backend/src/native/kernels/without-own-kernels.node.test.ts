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
  'ReluBiasGrad',
  'ReluConvolution',
  'SelfAttentionRouting',
  'SelfAttentionRoutingGrad',
  'Squash',
  'SquashGrad',
];

it('trains without our kernels, to the same weights but for rounding', async () => {
  const withOurs = told(await finish(script, []));
  const project = await nativeProject();
  // As on a machine without a compiler: nothing has built them.
  const without = await project.run('training-process.ts').then(told).finally(project.remove);

  expect(withOurs.device).toContain(', our own kernels for ');
  expect(withOurs.kernels.filter(name => own.includes(name))).toEqual(own);
  expect(without.device).toContain(', without our own kernels (not built; ');
  expect(without.kernels.filter(name => own.includes(name))).toEqual([]);

  for (const [network, losses] of Object.entries(withOurs.losses)) {
    expect(without.losses[network]!, network).toBeAllClose(losses, { relative: 1e-4 });
    expect(losses.at(-1), network).toBeLessThan(losses[0]!);
  }
  expect(Object.keys(without.weights)).toEqual(Object.keys(withOurs.weights));
  for (const [name, weights] of Object.entries(withOurs.weights))
    expect(without.weights[name]!, name).toBeAllClose(weights, { relative: 1e-3 });
});

function told({ lines, errors, code }: Finished): Trained {
  expect({ errors, code }).toEqual({ errors: '', code: 0 });
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}
