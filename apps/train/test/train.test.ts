import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { decodeCapsNet, perturb } from '@capsnet/core';
import { evaluationBatches, loadMnist, take } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsModel, writeBarPng, writeBars } from './bars';
import { capsnet, jsonLines, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-train-'));
const bars = writeBars(join(folder, 'bars'));
const options = [
  ...['--data', bars],
  ...barsModel,
  ...set(
    'data.validation=64',
    'data.shift=0',
    'training.batchSize=16',
    'training.learningRate.schedule=constant',
    'training.learningRate.initial=.03',
    'training.checkpointEvery=5',
    'training.histogramsEvery=16',
  ),
];
const inFolder = { cwd: folder };

function train(name: string, ...args: string[]) {
  return capsnet(['train', '--name', name, ...options, ...args], inFolder);
}

/** The same weights to the bit, and the same measurements on the way, each once. */
function expectTheSame(run: string, other: string): void {
  const model = (name: string) => readFileSync(join(folder, 'runs', name, 'model.safetensors'));
  expect(model(run).equals(model(other))).toBe(true);
  const measured = (name: string) =>
    measurements(name).map(({ split, step, loss }) => ({ split, step, loss }));
  expect(measured(run)).toEqual(measured(other));
}

function measurements(run: string): { split: string; step: number; loss: number }[] {
  return jsonLines(readFileSync(join(folder, 'runs', run, 'metrics.jsonl'), 'utf8')) as never;
}

/** The backends of this machine, by its own account. */
const states = jsonLines((await capsnet(['info', '--json'], inFolder)).stdout)[0]!.backends as {
  name: string;
  available: boolean;
}[];
const available = (name: string) => states.some(state => state.name === name && state.available);

describe.each(['cpu', 'wasm', 'native'])('capsnet train on %s', backend => {
  it.skipIf(!available(backend))('writes a whole run and learns', async () => {
    const name = `whole-${backend}`;
    const { code, stdout, stderr } = await train(name, '--backend', backend, '--epochs', '6');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`backend ${backend}`);
    const run = join(folder, 'runs', name);
    const files = readdirSync(run).sort();
    expect(files).toEqual([
      'checkpoints',
      'config.json',
      'confusion-matrix.svg',
      'learning-curves.svg',
      'metrics.csv',
      'metrics.jsonl',
      'model.safetensors',
      'reconstructions.png',
      'results.json',
      'sessions.json',
      'tensorboard',
      'test-scores.safetensors',
    ]);
    const [events] = readdirSync(join(run, 'tensorboard'));
    const content = readFileSync(join(run, 'tensorboard', events!), 'latin1');
    for (const tag of [
      'train/loss',
      'validation/accuracy',
      'parameters/conv1/kernel',
      'gradients/classes/kernel',
    ]) {
      expect(content).toContain(tag);
    }

    const results = JSON.parse(readFileSync(join(run, 'results.json'), 'utf8'));
    expect(results).toMatchObject({
      backend: { name: backend },
      seed: { model: 1, training: 1 },
      epochs: 6,
      steps: 96,
    });
    expect(results.test.images).toBe(96);
    expect(results.test.accuracy).toBeGreaterThan(0.9);
    expect(results.test.error).toBe(results.test.mistakes / results.test.images);
    expect(results.test.misclassified).toHaveLength(Math.round(96 * results.test.error));
    expect(results.test.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(96);

    const lines = measurements(name);
    expect(lines.filter(({ split }) => split === 'train').map(({ step }) => step)).toEqual(
      Array.from({ length: 96 }, (_, index) => index + 1),
    );
    expect(lines.filter(({ split }) => split === 'validation')).toHaveLength(12);
    expect(lines.filter(({ split }) => split === 'test')).toHaveLength(1);

    for (const picture of ['learning-curves.svg', 'confusion-matrix.svg']) {
      expect(readFileSync(join(run, picture), 'utf8')).toMatch(/^<svg .*<\/svg>$/s);
    }
    const sheet = PNG.sync.read(readFileSync(join(run, 'reconstructions.png')));
    expect([sheet.width % (2 * 12 + 4), sheet.height]).toEqual([4, 5 * (2 * (2 * 12 + 4) - 4) + 4 * 14 + 8]);
  });
});

describe.each(['wasm', 'native'])('an interrupted run on %s', backend => {
  const test = it.skipIf(!available(backend));
  const undisturbed = `undisturbed-${backend}`;
  beforeAll(async () => {
    if (!available(backend)) return;
    expect((await train(undisturbed, '--backend', backend, '--epochs', '3')).code).toBe(0);
  });

  // On Windows a signal from another process is no more than a kill.
  const interruptions = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    // The terminal was closed, or the connection lost.
    ['SIGHUP', 129],
  ] as const;
  it.skipIf(!available(backend) || process.platform === 'win32').each(interruptions)(
    'by %s writes a checkpoint, says how to go on, and ends the same',
    async (signal, code) => {
      const name = `after-${signal}-${backend}`;
      const args = ['train', '--name', name, ...options, '--backend', backend, '--epochs', '3', '--json'];
      let interrupted = false;
      const first = await capsnet(args, {
        ...inFolder,
        onLine(line, kill) {
          if (interrupted || JSON.parse(line).step !== 13) return;
          interrupted = true;
          kill(signal);
        },
      });
      expect(first.code).toBe(code);
      expect(existsSync(join(folder, 'runs', name, 'results.json'))).toBe(false);
      const last = jsonLines(first.stdout).at(-1)!;
      expect(last).toMatchObject({ type: 'interrupted', resume: `capsnet train --resume --name ${name}` });

      const second = await capsnet(['train', '--resume', '--name', name], inFolder);
      expect(second.stderr).toBe('');
      expect(second.code).toBe(0);
      expectTheSame(name, undisturbed);
    },
  );

  test('by SIGKILL at any moment ends the same', async () => {
    // Whenever it is killed, also several times; a step of this size is too short to aim at.
    const name = `after-SIGKILL-${backend}`;
    const args = ['train', '--name', name, ...options, '--backend', backend, '--epochs', '3', '--json'];
    for (const after of [1 + Math.floor(20 * Math.random()), 1 + Math.floor(20 * Math.random())]) {
      let lines = 0;
      const resume = existsSync(join(folder, 'runs', name))
        ? ['train', '--resume', '--name', name, '--json']
        : args;
      const { signal } = await capsnet(resume, {
        ...inFolder,
        onLine(_, kill) {
          if (++lines === after) kill('SIGKILL');
        },
      });
      expect(signal).toBe('SIGKILL');
    }
    const { code, stderr } = await capsnet(['train', '--resume'], inFolder);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expectTheSame(name, undisturbed);
  });
});

describe('what a trained run is good for', () => {
  const name = 'trained';
  const png = writeBarPng(join(folder, 'across.png'), 0);
  const dark = writeBarPng(join(folder, 'dark.png'), 1, { dark: true });
  beforeAll(async () => {
    const { code, stdout, stderr } = await train(name, '--backend', 'wasm', '--epochs', '6', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const types = jsonLines(stdout).map(({ type }) => type);
    expect([types[0], types.at(-2), types.at(-1)]).toEqual(['start', 'test', 'results']);
    expect(new Set(types)).toEqual(
      new Set(['start', 'step', 'validation', 'checkpoint', 'done', 'test', 'results']),
    );
  });

  const run = (...args: string[]) => capsnet([...args, '--run', name, '--backend', 'wasm'], inFolder);
  const document = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(1);
    return lines[0]!;
  };

  it('evaluate measures the same again', async () => {
    const { test, validation } = JSON.parse(readFileSync(join(folder, 'runs', name, 'results.json'), 'utf8'));
    const again = await document('evaluate');
    expect(again).toMatchObject({ images: 96, confusion: test.confusion });
    expect(again.loss).toBeCloseTo(test.loss, 6);
    const held = await document('evaluate', '--split', 'validation');
    expect(held.images).toBe(64);
    expect(held.loss).toBeCloseTo(validation.loss, 6);
    expect(await document('evaluate', '--split', 'train', '--limit', '50')).toMatchObject({ images: 50 });
    const { stdout } = await run('evaluate');
    expect(stdout).toMatch(/test accuracy \d+\.\d\d% \(\d+ of 96 wrong\)\n/);
  });

  it('predict classifies bars across and down, bright and dark', async () => {
    const { predictions } = await document('predict', png);
    expect(predictions).toMatchObject([{ file: png, class: 0 }]);
    expect((predictions as { scores: number[] }[])[0]!.scores).toHaveLength(3);
    expect(await document('predict', '--invert', dark)).toMatchObject({ predictions: [{ class: 1 }] });
    const { stderr } = await run('predict', dark);
    expect(stderr).toContain('add --invert');
  });

  it('reconstruct and perturb draw PNGs of the expected size, and never over another file', async () => {
    const size = (file: string) => {
      const { width, height, data } = PNG.sync.read(readFileSync(join(folder, file)));
      expect(new Set(data).size).toBeGreaterThan(20);
      return [width, height];
    };
    await document('perturb', '--out', 'perturbed.png', '--scale', '3', '--index', '5');
    expect(size('perturbed.png')).toEqual([11 * (36 + 4) + 4, 4 * (36 + 4) + 4]);
    await document('reconstruct', '--out', 'sheet.png', '--count', '7');
    expect(size('sheet.png')).toEqual([7 * (24 + 4) + 4, 2 * (24 + 4) + 4]);
    const { stdout } = await run('reconstruct', '--out', 'mine.png', png);
    expect(stdout).toContain('\n1 image above its reconstruction: mine.png\n');
    expect(size('mine.png')).toEqual([24 + 8, 2 * (24 + 4) + 4]);

    const before = readFileSync(join(folder, 'sheet.png'));
    for (const command of ['reconstruct', 'perturb']) {
      const { code, stderr } = await run(command, '--out', 'sheet.png');
      expect([code, stderr]).toEqual([2, expect.stringContaining('sheet.png exists')]);
      expect(readFileSync(join(folder, 'sheet.png'))).toEqual(before);
    }
    await document('perturb', '--out', 'sheet.png', '--force');
    expect(readFileSync(join(folder, 'sheet.png'))).not.toEqual(before);
  });

  it('perturb draws a row for each dimension and a column for each offset, of the image and class asked for', async () => {
    await document('perturb', '--out', 'five.png', '--scale', '1', '--index', '5', '--class', '1');
    const { width, data } = PNG.sync.read(readFileSync(join(folder, 'five.png')));
    await pickBackend({ only: 'wasm' });
    const net = decodeCapsNet(readFileSync(join(folder, 'runs', name, 'model.safetensors')));
    const { test } = await loadMnist({ folder: bars });
    const { images } = evaluationBatches(take(test, 6), { batchSize: 6 }).next();
    const image = tf.squeeze<tf.Tensor3D>(tf.slice(images, 5, 1), [0]);
    const expected = await perturb(net, image, { label: 1 }).array();
    expected.forEach((offsets, dimension) => {
      offsets.forEach((picture, offset) => {
        const at = (y: number, x: number) =>
          data[4 * ((4 + dimension * 16 + y) * width + 4 + offset * 16 + x)]!;
        const drawn = picture.map((row, y) => row.map((_, x) => at(y, x)));
        expect(drawn).toEqual(picture.map(row => row.map(([value]) => Math.round(255 * value!))));
      });
    });
  });
});

describe('a run on few images', () => {
  beforeAll(async () => {
    const { code } = await train('few', '--backend', 'wasm', '--epochs', '1', '--limit', '32');
    expect(code).toBe(0);
  });
  const evaluate = async (...args: string[]) => {
    const { code, stdout } = await capsnet(
      ['evaluate', '--run', 'few', '--backend', 'wasm', ...args],
      inFolder,
    );
    expect(code).toBe(0);
    return stdout;
  };
  const json = async (...args: string[]) => jsonLines(await evaluate('--json', ...args))[0]!;

  it('is evaluated on the images that it was tested on, unless more are asked for', async () => {
    const { test } = JSON.parse(readFileSync(join(folder, 'runs/few/results.json'), 'utf8'));
    expect(test.images).toBe(32);
    expect(await json()).toMatchObject({ images: 32, mistakes: test.mistakes, confusion: test.confusion });
    expect(await json('--limit', '96')).toMatchObject({ images: 96 });
    const text = await evaluate();
    expect(text).toMatch(/ of 32 wrong\)/);
    expect(text).toMatch(/images +the first 32 at most, as in the run \(data\.limit\)\n/);
  });

  it('has only those for training images that it was trained on', async () => {
    expect(await json('--split', 'train')).toMatchObject({ images: 32 });
    expect(await json('--split', 'train', '--limit', '1000')).toMatchObject({ images: 32 });
    expect(await json('--split', 'train', '--limit', '8')).toMatchObject({ images: 8 });
    expect(await json('--split', 'validation')).toMatchObject({ images: 32 });
  });
});
