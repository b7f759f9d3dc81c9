import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors } from '@capsnet/safetensors';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsModel } from './bars';
import { capsnet, jsonLines, set } from './command-line';
import { drawShape, drawShapes, shapeNames } from './shapes';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-pictures-'));
const inFolder = { cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'cache') } };
const small = [
  ...['--backend', 'wasm', '--epochs', '12', ...barsModel],
  ...set('training.batchSize=12', 'training.learningRate.initial=.01', 'training.histogramsEvery=1000'),
];

// biome-ignore lint/suspicious/noExplicitAny: JSON
async function json(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await capsnet([...args, '--json'], inFolder);
  expect([code, stderr]).toEqual([0, '']);
  return jsonLines(stdout).at(-1);
}

beforeAll(async () => {
  await drawShapes(join(folder, 'shapes'), 40);
  // One unreadable among them, and a file that is no picture.
  writeFileSync(join(folder, 'shapes/cross/broken.jpg'), 'no picture');
  writeFileSync(join(folder, 'shapes/cross/notes.txt'), 'drawn by a test');
});

describe('a training on a folder of pictures', () => {
  beforeAll(async () => {
    const trained = await capsnet(
      ['train', '--data', 'shapes', '--size', '16', '--name', 'shapes', ...small],
      inFolder,
    );
    expect([
      trained.code,
      trained.stdout.includes('run runs/shapes: 86 training images, 10 for validation'),
    ]).toEqual([0, true]);
    expect(trained.stderr).toContain('not pictures by their names, and not read: cross/notes.txt');
    expect(trained.stderr).toContain(
      '1 of 121 pictures cannot be read and is left out: cross/broken.jpg (expected a PNG',
    );
    expect(trained.stdout).toContain('predict --run shapes picture.jpg');
  });

  it('learns them, and keeps the names of the classes', async () => {
    const results = JSON.parse(readFileSync(join(folder, 'runs/shapes/results.json'), 'utf8'));
    expect(results.classes).toEqual(shapeNames);
    expect(results.test.images).toBe(24);
    // By chance a third.
    expect(results.test.accuracy).toBeGreaterThan(0.7);
    const { metadata } = decodeSafetensors(readFileSync(join(folder, 'runs/shapes/model.safetensors')));
    expect(JSON.parse(metadata.classes!)).toEqual(shapeNames);
    const svg = readFileSync(join(folder, 'runs/shapes/confusion-matrix.svg'), 'utf8');
    for (const name of shapeNames) expect(svg).toContain(`true class ${name}, predicted ${name}`);
  });

  it('sees them normalised, and not moved, unless that is asked for', () => {
    const { model, data } = JSON.parse(readFileSync(join(folder, 'runs/shapes/config.json'), 'utf8'));
    // Ink of a quarter's lightness on paper of nine tenths.
    expect(model.image.mean).toBeGreaterThan(0.6);
    expect(model.image.mean).toBeLessThan(0.9);
    expect(model.image.standardDeviation).toBeGreaterThan(0.1);
    expect(data.shift).toBe(0);
  });

  it('is evaluated with a table of names, and the very same pictures', async () => {
    const { stdout, stderr } = await capsnet(['evaluate', '--backend', 'wasm'], inFolder);
    expect(stderr).toContain('cannot be read');
    const [circle, cross, square] = stdout.trimEnd().split('\n').slice(-3);
    expect([circle, cross, square].map(line => line!.trim().split(/\s+/).slice(0, 2))).toEqual([
      ['circle', '0'],
      ['cross', '1'],
      ['square', '2'],
    ]);
  });

  it('reads new pictures of any format by the names of its classes', async () => {
    const files = await Promise.all(
      shapeNames.map((shape, at) =>
        drawShape(join(folder, `new-${shape}.${['tiff', 'jpg', 'png'][at]}`), shape, 77 + at),
      ),
    );
    const { predictions } = await json('predict', '--run', 'shapes', '--backend', 'wasm', ...files);
    const right = predictions.filter(
      ({ names }: { names: string[] }, at: number) => names[0] === shapeNames[at],
    );
    expect(right.length).toBeGreaterThanOrEqual(2);
    for (const { class: label, names, notes } of predictions) {
      expect(names).toEqual([shapeNames[label]]);
      // That paper is white, where digits have black, is no doubt about pictures.
      expect(notes).not.toContain('bright-border');
    }
    const { stdout } = await capsnet(
      ['predict', '--run', 'shapes', '--backend', 'wasm', files[0]!],
      inFolder,
    );
    expect(stdout).toMatch(
      /new-circle\.tiff {2}(circle|cross|square)\n {2}circle {2}\S{30} {2}0\.\d{3}\n {3}cross/,
    );
  });

  it('reads the same from a copy, which the run knows for its own', async () => {
    const { code, stderr } = await capsnet(
      ['evaluate', '--run', 'shapes', '--data', 'shapes', '--split', 'validation', '--backend', 'wasm'],
      inFolder,
    );
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('capsnet:')]);
  });

  it('is no model of other classes', async () => {
    const other = await drawShapes(join(folder, 'others'), 3);
    mkdirSync(join(other, 'arrow'));
    await drawShape(join(other, 'arrow/1.png'), 'cross', 1);
    await drawShape(join(other, 'arrow/2.png'), 'cross', 2);
    const { code, stderr } = await capsnet(
      ['evaluate', '--model', 'runs/shapes/model.safetensors', '--data', 'others', '--backend', 'wasm'],
      inFolder,
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'data: expected the classes that the model was trained on, of which "circle" is number 0, found "arrow"',
      ),
    ]);
  });
});

it('says what is in a folder, and reads it but once', async () => {
  const first = await json('info', '--data', 'shapes', '--size', '20x12', '--fit', 'cover');
  expect(first.data).toMatchObject({ size: '20x12 RGB', classes: 3, names: shapeNames, train: 96, test: 24 });
  const kept = join(folder, 'cache/capsnet/pictures');
  const state = () => readdirSync(kept).map(name => [name, statSync(join(kept, name)).mtimeMs]);
  const before = state();
  expect((await json('info', '--data', 'shapes', '--size', '20x12', '--fit', 'cover')).data).toEqual(
    first.data,
  );
  expect(state()).toEqual(before);
});

describe('is told in one line:', () => {
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');
  const make = (name: string, files: Record<string, string | Buffer>) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, path, '..'), { recursive: true });
      writeFileSync(join(folder, name, path), content);
    }
  };
  it.each<[string, () => void, string[], string]>([
    ['pictures of several sizes', () => {}, ['--data', 'shapes'], 'choose a size that all are resized to'],
    [
      'pictures without folders',
      () => make('loose', { '1.gif': gif, '2.gif': gif }),
      ['--data', 'loose'],
      'found 2 pictures without folders',
    ],
    [
      'an empty class',
      () => make('hollow', { 'a/1.gif': gif, 'b/.keep': '' }),
      ['--data', 'hollow'],
      'hollow/b: expected at least one picture of this class, found none',
    ],
    [
      'a class of unreadable ones',
      () => make('bad', { 'a/1.gif': gif, 'b/1.png': 'x' }),
      ['--data', 'bad'],
      'expected a picture of the class b that can be read, found none of 1',
    ],
    [
      'one class to test alone',
      () => make('lone', { 'train/a/1.gif': gif, 'test/b/1.gif': gif }),
      ['--data', 'lone'],
      'lone/test/b: expected a class',
    ],
    [
      'nothing there',
      () => {},
      ['--data', 'nowhere'],
      '--data nowhere: no such file or folder, and no set of that name',
    ],
    [
      'a size of no numbers',
      () => {},
      ['--data', 'shapes', '--size', 'big'],
      'Expected pixels, as 28, or width x height',
    ],
    [
      'height alone',
      () => {},
      ['--data', 'shapes', ...set('data.pictures.height=9')],
      'expected height and width, found height alone',
    ],
    [
      'a prefix',
      () => {},
      ['--data', 'shapes', '--prefix', 'emnist-'],
      '--prefix emnist-: expected with IDX files',
    ],
  ])('%s', async (_, prepare, args, message) => {
    prepare();
    const { code, stderr } = await capsnet(['train', ...args, ...small], inFolder);
    expect(stderr).toContain(message);
    expect([code, stderr.split('\n').filter(line => line.startsWith('    at '))]).toEqual([2, []]);
  });

  it('a link that leads back', async () => {
    rmSync(join(folder, 'looped'), { recursive: true, force: true });
    make('looped', { 'a/1.gif': gif, 'a/2.gif': Buffer.concat([gif, Buffer.from('.')]) });
    symlinkSync('..', join(folder, 'looped/a/up'));
    const { code, stderr } = await capsnet(['info', '--data', 'looped', '--size', '4'], inFolder);
    expect([code, stderr]).toEqual([0, expect.stringContaining('a/up is a link that leads back to')]);
  });
});
