import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { buildNetwork, encodeNetwork, importPyTorchWeights } from '@capsnet/core';
import { encodeSafetensors } from '@capsnet/safetensors';
import { isFull } from '@capsnet/testing/extent';
import { pythonWith } from '@capsnet/testing/python';
import { expect, test } from 'vitest';
import { capsnet } from '../../../apps/train/test/command-line';
import {
  expectedOutputs,
  exportedNetworks,
  imagesFor,
  shakenNetwork,
} from '../../../apps/train/test/exported-networks';
import { commands, programs } from '../../../apps/train/test/exporting-guide';
import { providePyTorch } from '../../bench/src/contenders/pytorch';
import { count } from './counts';
import { temporaryFolder } from './training';

const requirements = ['safetensors==0.8.0', 'numpy==2.4.6'];

interface Checked {
  readonly apart: Readonly<Record<string, number>>;
  readonly 'without gradient': readonly string[];
  readonly classes: readonly string[];
}

test('every network that is exported for PyTorch computes there what it computes here, and comes back', async context => {
  if (!isFull) return context.skip('PyTorch is installed by npm run test:faults alone');
  await pickBackend({ only: 'wasm' });
  const { run } = await pythonWith(requirements, await providePyTorch(() => {}));
  const folder = temporaryFolder();
  const names = Object.keys(exportedNetworks);
  for (const [index, name] of names.entries()) {
    const net = shakenNetwork(exportedNetworks[name]!);
    writeFileSync(join(folder, `${index}.model`), await encodeNetwork(net));
    const args = ['--model', `${index}.model`, '--backend', 'wasm', '--to', 'pytorch', '--out', `${index}`];
    expect(await capsnet(['export', ...args], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    for (const size of [1, 3, 7]) {
      const images = imagesFor(net, size);
      const tensors = Object.entries({ images, ...expectedOutputs(net, images) }).map(([name, tensor]) => [
        name,
        { dtype: 'F32', shape: tensor.shape, data: tensor.dataSync() as Float32Array<ArrayBuffer> },
      ]);
      const file = join(folder, `${index}-batch-${size}.safetensors`);
      writeFileSync(file, encodeSafetensors(Object.fromEntries(tensors)));
    }
    net.dispose();
  }
  const printed = await run([join(import.meta.dirname, 'check_pytorch.py'), folder], folder);
  const results = JSON.parse(printed) as Record<string, Checked>;
  expect(Object.keys(results)).toHaveLength(names.length);
  for (const [index, checked] of Object.entries(results)) {
    const name = names[Number(index)]!;
    expect(Math.max(...Object.values(checked.apart)), name).toBeLessThan(1e-5);
    expect(checked['without gradient'], name).toEqual([]);

    const net = shakenNetwork(exportedNetworks[name]!);
    const again = buildNetwork(exportedNetworks[name]!);
    importPyTorchWeights(again, readFileSync(join(folder, index, 'again.safetensors')));
    for (const [weight, variable] of Object.entries(net.variables)) {
      if (weight.endsWith('/step')) continue;
      const found = again.variables[weight]!.dataSync();
      const apart = Array.from(variable.dataSync(), (value, at) => Math.abs(value - found[at]!));
      const most = apart.reduce((most, value) => Math.max(most, value));
      expect(most, `${name}: ${weight}`).toBeLessThan(1e-6);
    }
    net.dispose();
    again.dispose();
  }
  count(context, { 'networks compared': names.length });
});

test("the guide's program for PyTorch prints what the guide says", async context => {
  if (!isFull) return context.skip('PyTorch is installed by npm run test:faults alone');
  const { run } = await pythonWith(requirements, await providePyTorch(() => {}));
  const folder = temporaryFolder();
  const [command] = commands.filter(args => args.includes('pytorch'));
  const [program] = programs('python').filter(({ source }) => source.includes('torch'));
  expect((await capsnet([...command!, '--backend', 'wasm'], { cwd: folder })).code).toBe(0);
  expect(await run(['-c', program!.source], folder)).toBe(program!.output);
});
