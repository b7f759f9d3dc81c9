import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@capsnet/safetensors';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsModel, writeBarPng } from './bars';
import { barsRuns } from './bars-runs';
import { jsonLines, set } from './command-line';

const bars = barsRuns('from');
const base = 'runs/base/model.safetensors';
/** So low a rate that no weight moves: what the training ends with is what it started from. */
const still = set('training.learningRate.schedule=constant', 'training.learningRate.initial=1e-30');
const tensors = (run: string) => decodeSafetensors(bars.model(run)).tensors;
const from = (name: string, ...args: string[]) =>
  bars.done('train', '--name', name, '--from', base, '--backend', 'wasm', '--epochs', '1', ...args);
const settings = ['data.validation=32', 'data.shift=0', 'training.batchSize=10'];
const onBars = ['--data', 'bars', ...set(...settings)];

beforeAll(async () => {
  await bars.train('base', '--epochs', '2');
}, 300_000);

describe('capsnet train --from', () => {
  it('starts from network and weights of a file', async () => {
    const said = await from('again', ...onBars, ...still);
    expect(said).toContain(`starts from ${bars.at(base)}: conv1, primary, classes, decoder1, decoder2\n`);
    expect(tensors('again')).toEqual(tensors('base'));
    const { model, training } = bars.read('again', 'config.json');
    expect(model).toEqual(bars.read('base', 'config.json').model);
    expect(training.from).toEqual({ file: bars.at(base), pretrained: null, digest: expect.any(String) });
    // The same weights have the same digest, whatever the file says besides.
    renameSync(bars.at(base), bars.at('moved.safetensors'));
    await bars.done(
      ...['train', '--name', 'moved', '--from', 'moved.safetensors', '--backend', 'wasm', '--epochs', '1'],
      ...[...onBars, ...still],
    );
    renameSync(bars.at('moved.safetensors'), bars.at(base));
    expect(bars.read('moved', 'config.json').training.from.digest).toBe(training.from.digest);
  });

  it('of another image size takes what fits, and says what begins anew', async () => {
    const said = await from('larger', ...onBars, ...still, ...set('data.size=16'));
    expect(said).toContain(': conv1, primary, decoder1\n');
    expect(said).toMatch(
      /^ {2}classes begins anew: classes\/kernel is \[\d+,3,\d+,4\], there \[\d+,3,\d+,4\]$/m,
    );
    expect(said).toContain('  decoder2 begins anew: decoder2/kernel is [16,256], there [16,144]\n');
    const [before, after] = [tensors('base'), tensors('larger')];
    expect(after['primary/kernel']).toEqual(before['primary/kernel']);
    expect(after['decoder1/bias']).toEqual(before['decoder1/bias']);
    expect(after['classes/kernel']!.shape).not.toEqual(before['classes/kernel']!.shape);
  });

  it('of other classes begins the last layer anew, even if they are as many', async () => {
    const draw = (folder: string, names: readonly string[]) => {
      names.forEach((name, label) => {
        mkdirSync(bars.at(folder, name), { recursive: true });
        for (let seed = 1; seed <= 20; seed++)
          writeBarPng(join(bars.at(folder, name), `${seed}.png`), label, { seed });
      });
    };
    draw('shapes', ['across', 'both', 'down']);
    draw('letters', ['a', 'b', 'c']);
    await bars.train('shapes', '--data', 'shapes', '--epochs', '1', ...set('data.validation=6'));
    const start = (data: string) =>
      bars.done(
        ...['train', '--name', data, '--from', 'runs/shapes/model.safetensors', '--data', data, '--json'],
        ...['--backend', 'wasm', '--epochs', '1', ...set('data.validation=6', 'training.batchSize=10')],
        ...still,
      );
    const [letters] = jsonLines(await start('letters')) as [Record<string, unknown>];
    expect(letters).toMatchObject({
      type: 'initial-weights',
      taken: ['conv1', 'primary', 'decoder1', 'decoder2'],
      anew: [{ layer: 'classes', reason: 'the classes are others' }],
    });
    // It sees pictures as the network has learnt to.
    expect(bars.read('letters', 'config.json').model.image).toEqual(
      bars.read('shapes', 'config.json').model.image,
    );
    expect(tensors('letters')['classes/kernel']).not.toEqual(tensors('shapes')['classes/kernel']);
    expect(tensors('letters')['conv1/kernel']).toEqual(tensors('shapes')['conv1/kernel']);
  });

  it('of a published network, for each of several seeds', async () => {
    const said = await bars.done(
      ...[
        'train',
        '--pretrained',
        'efficient-capsnet-mnist',
        '--name',
        'digits',
        '--seeds',
        '1,2',
        '--workers',
        '2',
      ],
      ...['--backend', 'wasm', '--epochs', '1', '--limit', '64', '--json', ...set('training.batchSize=32')],
      ...still,
    );
    const { trained } = jsonLines(said).at(-1) as never as { trained: { error: number }[] };
    // One training of this network has 0.34% of 10,000.
    for (const { error } of trained) expect(error).toBeLessThan(0.03);
    expect(bars.read('digits-seed-1', 'config.json').training.from).toMatchObject({
      file: null,
      pretrained: 'efficient-capsnet-mnist',
    });
  });

  it('goes on exactly, and needs the file no more once there is a checkpoint', async () => {
    const start = ['--from', base, '--epochs', '2', ...onBars, ...set('training.checkpointEvery=4')];
    await bars.done('train', '--name', 'undisturbed', '--backend', 'wasm', ...start);
    const kill = async (name: string, step: number) => {
      let isKilled = false;
      await bars.run(['train', '--name', name, '--backend', 'wasm', ...start, '--json'], {
        onLine(line, kill) {
          if (isKilled || JSON.parse(line).step !== step) return;
          isKilled = true;
          kill('SIGKILL');
        },
      });
    };
    await kill('before', 1);
    rmSync(bars.at('runs/before/checkpoints'), { recursive: true, force: true });
    await kill('after', 8);
    const resume = ['train', '--resume', '--name'];
    renameSync(bars.at(base), bars.at('kept'));
    await bars.done(...resume, 'after');
    expect(bars.model('after').equals(bars.model('undisturbed'))).toBe(true);
    expect(await bars.refused(...resume, 'before')).toContain('no such file or folder');
    // Another network in its place
    renameSync(bars.at('runs/larger/model.safetensors'), bars.at(base));
    expect(await bars.refused(...resume, 'before')).toMatch(
      /training\.from: expected weights of the SHA-256 [0-9a-f]{64}, found [0-9a-f]{64} in .*: put the file back, or start a new run\n$/,
    );
    renameSync(bars.at('kept'), bars.at(base));
    await bars.done(...resume, 'before');
    expect(bars.model('before').equals(bars.model('undisturbed'))).toBe(true);
  });

  it('says what cannot be', async () => {
    const train = (...args: string[]) => bars.refused('train', '--name', 'no', ...onBars, ...args);
    const other = set(
      'model.convolutions=[{"filters":6,"kernelSize":5}]',
      'model.primary.channels=3',
      'model.classDim=6',
      'model.decoder=null',
    );
    expect(await train('--from', base, ...other)).toMatch(
      /expected at least one layer that fits the network that is trained, found none: conv1\/kernel is \[5,5,1,6\], there \[3,3,1,8\]; primary/,
    );
    expect(await train('--from', 'none.safetensors')).toContain('none.safetensors: no such file or folder');
    expect(await train('--from', 'runs/base/config.json')).toContain('model ');
    expect(await train('--from', base, '--pretrained', 'capsnet-mnist')).toContain(
      'cannot be used with option',
    );
    expect(await train('--from', base, '--resume')).toContain('cannot be used with option');
    expect(await train(...barsModel, ...set(`training.from.file=${base}`))).toMatch(
      /expected weights of the SHA-256 that training\.from\.digest names, found [0-9a-f]{64} in /,
    );
  });
});
