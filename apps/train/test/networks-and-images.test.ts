import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { decodeCapsNet, decodeNetwork } from '@capsnet/core';
import { affineSet, evaluationBatches, loadMnist, multiMnistEvaluationBatches } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsModel, writeBarPng, writeBars } from './bars';
import { capsnet, jsonLines, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-networks-'));
const data = writeBars(join(folder, 'bars'));
const inFolder = { cwd: folder };
const bars = [
  ...['--data', data, '--backend', 'wasm', '--all', '--epochs', '2'],
  ...set('training.batchSize=16', 'training.learningRate.initial=.03', 'training.histogramsEvery=1000'),
];

async function train(name: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await capsnet(['train', '--name', name, ...bars, ...args], inFolder);
  expect([code, stderr]).toEqual([0, '']);
}

// biome-ignore lint/suspicious/noExplicitAny: JSON
async function json(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await capsnet([...args, '--backend', 'wasm', '--json'], inFolder);
  expect([code, stderr]).toEqual([0, '']);
  return jsonLines(stdout).at(-1);
}

const inRun = (run: string, file: string) => join(folder, 'runs', run, file);
// biome-ignore lint/suspicious/noExplicitAny: JSON
const read = (run: string, file: string): any => JSON.parse(readFileSync(inRun(run, file), 'utf8'));
const modelOf = (run: string) => readFileSync(inRun(run, 'model.safetensors'));

describe('two digits in an image', () => {
  const pairs = set('data.digits=2', 'data.size=16', 'data.shift=2');
  beforeAll(() => train('pairs', ...barsModel, ...pairs));

  it('are right when both are, counted by hand', async () => {
    await pickBackend({ only: 'wasm' });
    const { test } = await loadMnist({ folder: data });
    const source = multiMnistEvaluationBatches(test, { batchSize: 96, size: 16, shift: 2, seed: 1 });
    const net = decodeCapsNet(modelOf('pairs'));
    const batch = source.next();
    const capsules = await net.capsules(batch.images).poses.array();
    const labels = await batch.labels.array();
    const lengths = capsules.map(row => row.map(capsule => Math.hypot(...capsule)));
    const right = labels.filter((pair, row) => {
      const third = [...lengths[row]!].sort((a, b) => b - a)[2]!;
      return pair.every(label => lengths[row]![label]! > third);
    });
    // Neither none nor all, or the count would say nothing.
    expect(right.length).toBeGreaterThan(10);
    expect(right.length).toBeLessThan(96);

    const { test: tested } = read('pairs', 'results.json');
    expect(tested).toMatchObject({ images: 96, accuracy: right.length / 96, mistakes: 96 - right.length });
    // The other rule: half a credit for each digit that is one of the two longest.
    const credits = labels.flatMap((pair, row) => {
      const third = [...lengths[row]!].sort((a, b) => b - a)[2]!;
      return pair.map(label => (lengths[row]![label]! > third ? 0.5 : 0) as number);
    });
    const halfCreditError = 1 - credits.reduce((sum, credit) => sum + credit, 0) / 96;
    expect(tested.halfCreditError).toBeCloseTo(halfCreditError, 9);
    expect(tested.halfCreditError).toBeLessThan(tested.error);
    const evaluated = await json('evaluate', '--run', 'pairs');
    expect(evaluated).toMatchObject({ images: 96, accuracy: tested.accuracy, loss: tested.loss });
    // Of which the last batch is not full.
    const padded = await json('evaluate', '--run', 'pairs', '--batch-size', '36');
    expect(padded).toMatchObject({ images: 96, accuracy: tested.accuracy });
    expect(padded.loss).toBeCloseTo(tested.loss, 5);
    // Which digit was read as which other, no one can say.
    for (const figures of [tested, evaluated]) {
      expect(figures).not.toHaveProperty('confusion');
      expect(figures).not.toHaveProperty('misclassified');
    }
    expect(existsSync(inRun('pairs', 'confusion-matrix.svg'))).toBe(false);
  });

  it('are both found in a picture', async () => {
    await pickBackend({ only: 'wasm' });
    const { test } = await loadMnist({ folder: data });
    const source = multiMnistEvaluationBatches(test, { batchSize: 1, size: 16, shift: 2, seed: 1 });
    const bytes = Array.from(await source.next().images.data(), value => Math.round(255 * value));
    const picture = new PNG({ width: 16, height: 16 });
    bytes.forEach((gray, at) => {
      picture.data.set([gray, gray, gray, 255], 4 * at);
    });
    writeFileSync(join(folder, 'pair.png'), PNG.sync.write(picture));
    const { predictions } = await json('predict', '--run', 'pairs', 'pair.png');

    const seen = tf.tensor4d(
      bytes.map(byte => byte / 255),
      [1, 16, 16, 1],
    );
    const lengths = decodeCapsNet(modelOf('pairs')).scores(seen);
    const row = [...(await lengths.data())];
    const shortest = row.indexOf(Math.min(...row));
    expect(predictions[0].classes).toEqual([0, 1, 2].filter(label => label !== shortest));
    expect(predictions[0]).not.toHaveProperty('class');
  });

  it('are both drawn from a picture, each in a colour of its own', async () => {
    await json('reconstruct', '--run', 'pairs', '--scale', '1', '--out', 'both.png', 'pair.png');
    const { width, height, data } = PNG.sync.read(readFileSync(join(folder, 'both.png')));
    expect([width, height]).toEqual([4 + 20, 4 + 2 * 20]);
    const below = Array.from({ length: 16 * 16 }, (_, i) => {
      const at = 4 * ((24 + Math.floor(i / 16)) * width + 4 + (i % 16));
      return [...data.subarray(at, at + 3)] as [number, number, number];
    });
    // The reconstruction of one digit would be gray.
    expect(below.some(([red, , blue]) => red !== blue)).toBe(true);
  });

  it('are drawn together, and each in a colour of its own', async () => {
    await json('reconstruct', '--run', 'pairs', '--count', '4', '--scale', '1', '--out', 'pairs.png');
    const { width, height, data } = PNG.sync.read(readFileSync(join(folder, 'pairs.png')));
    expect([width, height]).toEqual([4 + 4 * (16 + 4), 4 + 3 * (16 + 4)]);
    const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
    const { test } = await loadMnist({ folder: join(folder, 'bars') });
    const source = multiMnistEvaluationBatches(test, { batchSize: 4, size: 16, shift: 2, seed: 1 });
    const { images, digits } = source.next();
    const [image, one, other] = await Promise.all([images, ...digits].map(tensor => tensor.array()));
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        const gray = Math.round(255 * image![0]![y]![x]![0]!);
        expect(at(4 + x, 4 + y)).toEqual([gray, gray, gray]);
        const [a, b] = [one![0]![y]![x]![0]!, other![0]![y]![x]![0]!];
        const [red, , blue] = at(4 + x, 4 + 20 + y);
        if (a > 0.9 && b < 0.1) expect(red).toBeGreaterThan(blue! + 100);
        if (b > 0.9 && a < 0.1) expect(blue).toBeGreaterThan(red! + 100);
      }
    }
  });

  it.each([
    [['data.rotation=5'], 'data.rotation: expected 0 with data.digits 2, found 5'],
    [['data.test=affine'], 'data.test: expected plain with data.digits 2, found affine'],
    [['data.size=8'], 'expected a size of at least the 12x12 pixels of an image, found 8'],
    [['data.digits=3'], 'data.digits: expected at most 2, found 3'],
  ])('%s is refused', async (assignments, message) => {
    const args = ['train', ...bars, ...barsModel, ...pairs, ...set(...assignments)];
    const { code, stderr } = await capsnet(args, inFolder);
    expect(stderr).toMatch(/^capsnet: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

it('affine test images are those of affineSet, whatever the seed', async () => {
  const canvas = set('data.test=affine', 'data.size=20', 'data.shift=4');
  await train('affine', ...barsModel, ...canvas, '--seed', '7', '--epochs', '1');
  await pickBackend({ only: 'wasm' });
  const { test } = await loadMnist({ folder: data });
  const { images, labels } = evaluationBatches(affineSet(test, { seed: 1, size: 20 }), {
    batchSize: 96,
  }).next();
  const net = decodeCapsNet(modelOf('affine'));
  expect(net.config.image).toMatchObject({ height: 20, width: 20 });
  const right = (await (net.evaluate({ images, labels }).accuracy as tf.Tensor1D).array()).filter(Boolean);
  expect(read('affine', 'results.json').test.mistakes).toBe(96 - right.length);
  const { model, training } = read('affine', 'config.json');
  expect([model.seed, training.seed]).toEqual([7, 7]);
});

describe('a network without capsules', () => {
  const cnn = [
    ...['--preset', 'cnn'],
    ...set('model.convolutions=[{"filters":8,"kernelSize":3,"pool":2}]', 'model.dense=[16]'),
    ...set('data.shift=0', 'training.learningRate.initial=.01'),
  ];
  beforeAll(() => train('cnn', ...cnn, '--epochs', '6'));

  it('learns, and says what it does not have', async () => {
    const { test } = read('cnn', 'results.json');
    expect(test.accuracy).toBeGreaterThan(0.9);
    expect(test).not.toHaveProperty('margin');
    expect(test).not.toHaveProperty('reconstruction');
    expect(test.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(96);
    expect(existsSync(inRun('cnn', 'reconstructions.png'))).toBe(false);
    decodeNetwork(modelOf('cnn')).dispose();
    expect(await json('evaluate', '--run', 'cnn')).toMatchObject({ accuracy: test.accuracy });
  });

  it('classifies pictures by its probabilities, from a model file too', async () => {
    writeBarPng(join(folder, 'across.png'), 0);
    const file = join('runs', 'cnn', 'model.safetensors');
    const { predictions } = await json('predict', '--model', file, 'across.png');
    expect(predictions[0].class).toBe(0);
    expect(predictions[0].scores.reduce((a: number, b: number) => a + b)).toBeCloseTo(1, 5);
  });

  it('is trained again by the configuration of its run alone', async () => {
    const args = ['train', '--name', 'again', '--config', inRun('cnn', 'config.json')];
    expect((await capsnet(args, inFolder)).code).toBe(0);
    expect(modelOf('again').equals(modelOf('cnn'))).toBe(true);
  });

  it.each(['reconstruct', 'perturb'])('cannot %s', async command => {
    const { code, stderr } = await capsnet([command, '--run', 'cnn', '--out', 'no.png'], inFolder);
    expect([code, stderr]).toEqual([2, 'capsnet: this model has no capsules: it cannot draw\n']);
  });

  it('goes on where it was stopped, as if nothing had been', async () => {
    const args = ['train', '--name', 'stopped', ...bars, ...cnn, '--epochs', '6', '--json'];
    let steps = 0;
    const stopped = await capsnet(args, {
      ...inFolder,
      onLine(line, kill) {
        if (JSON.parse(line).type === 'step' && ++steps === 25) kill('SIGKILL');
      },
    });
    expect(stopped.signal).toBe('SIGKILL');
    await json('train', '--resume', '--name', 'stopped');
    expect(modelOf('stopped').equals(modelOf('cnn'))).toBe(true);
  });
});
