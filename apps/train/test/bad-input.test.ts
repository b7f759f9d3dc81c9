import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationKeys } from '@capsnet/core/configuration';
import { beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../src/commands/commands';
import { runSchema } from '../src/config/schema';
import { barsModel, idx, writeBarPng, writeBars } from './bars';
import { capsnet, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-bad-'));
const bars = writeBars(join(folder, 'bars'), { train: 64, test: 16 });
const at = (name: string) => join(folder, name);
const trainOn = (data: string, ...args: string[]) => [
  ...['train', '--data', data, '--epochs', '1', '--backend', 'wasm'],
  ...barsModel,
  ...set('data.validation=16', 'data.shift=0', 'training.batchSize=8'),
  ...args,
];

/** All files below the folder with their contents, to show that nothing was touched. */
function snapshot(): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'base64'),
    ]),
  );
}

beforeAll(async () => {
  const trained = await capsnet(trainOn(bars, '--name', 'good'), { cwd: folder });
  expect(trained.stderr).toBe('');
  expect(trained.code).toBe(0);

  const model = readFileSync(at('runs/good/model.safetensors'));
  writeFileSync(at('cut.safetensors'), model.subarray(0, model.length / 2));
  writeFileSync(
    at('huge-header.safetensors'),
    Buffer.concat([Buffer.from('ffffffffffffff7f', 'hex'), model]),
  );
  writeFileSync(at('text.safetensors'), 'a model');
  writeFileSync(at('text.png'), 'a picture');
  writeBarPng(at('good.png'), 0);
  writeFileSync(at('cut.png'), readFileSync(at('good.png')).subarray(0, 60));
  // Another size than it has, says the header.
  const other = readFileSync(at('good.png'));
  other.writeUInt32BE(60000, 16);
  writeFileSync(at('other-size.png'), other);
  writeFileSync(at('malformed.json'), '{"model": ');
  writeFileSync(at('unknown-key.json'), '{"training": {"epoch": 3}}');

  cpSync(bars, at('cut-data'), { recursive: true });
  writeFileSync(
    at('cut-data/train-images-idx3-ubyte'),
    readFileSync(join(bars, 'train-images-idx3-ubyte')).subarray(0, 999),
  );
  cpSync(bars, at('two-labels'), { recursive: true });
  writeFileSync(at('two-labels/t10k-labels-idx1-ubyte'), idx([2], Uint8Array.from([0, 1])));
  writeBars(at('other-labels'), { train: 64, test: 16 });
  writeFileSync(at('other-labels/t10k-labels-idx1-ubyte'), idx([16], new Uint8Array(16).fill(9)));
  mkdirSync(at('empty'));
  // An unfinished run of its own model configuration
  cpSync(at('runs/good'), at('runs/unfinished'), { recursive: true });
  const { rmSync } = await import('node:fs');
  rmSync(at('runs/unfinished/results.json'));
  // A run whose model file is another's
  cpSync(at('runs/good'), at('elsewhere/damaged'), { recursive: true });
  writeFileSync(at('elsewhere/damaged/config.json'), '{"model": 3}');
});

const good = ['--run', 'good', '--backend', 'wasm'];
const cases: readonly (readonly [what: string, args: readonly string[], message: string | RegExp])[] = [
  ['no command that exists', ['trian'], /unknown command 'trian'.*train/],
  ['an unknown option', ['train', '--epoch', '3'], /unknown option '--epoch'.*--epochs/],
  ['an unknown option of info', ['info', '--backnd'], /unknown option '--backnd'/],
  ['an argument too many', ['train', 'mnist'], /too many arguments/],
  ['an option without its value', ['train', '--name'], /argument missing/],
  ['no number', ['train', '--epochs', 'ten'], /'ten' is invalid.*number/],
  ['no epochs', ['train', '--epochs', '0'], /'0' is invalid. Expected a positive integer/],
  ['too large a scale', ['perturb', '--scale', '33'], /--scale.*Expected at most 32/],
  ['an unknown preset', ['train', '--preset', 'papr'], /Allowed choices are paper, labml/],
  ['an unknown backend', ['train', '--backend', 'gpu'], /gpu: no such backend; available here: .*cpu/],
  [
    'a backend of browsers',
    trainOn('bars', '--backend', 'webgl'),
    /webgl: webgl is for browsers; available here: .*wasm, cpu\n/,
  ],
  ['an unknown key', ['train', '--set', 'training.epoch=3'], 'did you mean training.epochs?'],
  [
    'a value of another type',
    ['train', '--set', 'training.epochs=ten'],
    'training.epochs: expected a number, found "ten"',
  ],
  [
    'a key of another kind of network',
    ['train', '--preset', 'cnn', '--set', 'model.routing.iterations=1'],
    'model.routing belongs to model.kind "capsnet"',
  ],
  [
    'a place that a list does not have',
    ['train', '--preset', 'cnn', '--set', 'model.convolutions.7.filters=3'],
    '--set model.convolutions.7.filters=3: model.convolutions.7: expected a place from 0 to 2, found 7',
  ],
  ['a moving average without decay', trainOn('bars', '--set', 'training.averageDecay=0'), 'averageDecay'],
  [
    'a folder for MNIST',
    ['train', '--backend', 'cpu', '--set', 'data.folder=bars'],
    'data.folder: expected null with data.set mnist, found "bars": --data reads a folder',
  ],
  ['no assignment', ['train', '--set', 'training.epochs'], 'expected a.b=value'],
  ['a missing configuration', ['train', '--config', 'missing.json'], 'missing.json: no such file'],
  ['a malformed configuration', ['train', '--config', 'malformed.json'], 'malformed.json: '],
  ['an unknown key in a file', ['train', '--config', 'unknown-key.json'], 'did you mean training.epochs?'],
  ['a model that cannot be built', trainOn('bars', '--set', 'model.primary.kernelSize=11'), 'kernel'],
  ['a missing data folder', trainOn('missing'), 'missing'],
  [
    'a prefix without a folder',
    ['train', '--prefix', 'a-', '--backend', 'cpu'],
    '--prefix a-: expected with --data',
  ],
  ['a folder without data', trainOn('empty'), 'train-images-idx3-ubyte'],
  ['a damaged data file', trainOn('cut-data'), 'train-images-idx3-ubyte'],
  ['labels that do not fit', trainOn('two-labels'), '2 labels'],
  ['a label out of range', trainOn('other-labels', '--set', 'model.classes=3'), 'label 9'],
  ['another image size', trainOn('bars', '--set', 'model.image.height=28'), '12x12'],
  ['more validation than images', trainOn('bars', '--set', 'data.validation=64'), 'data.validation'],
  [
    'batches larger than the data',
    trainOn('bars', '--set', 'training.batchSize=64'),
    'expected a batch size of at most 48',
  ],
  ['shifts larger than the image', trainOn('bars', '--set', 'data.shift=12'), 'expected a shift from 0'],
  ['a run that exists', trainOn('bars', '--name', 'good'), 'good exists and is not overwritten'],
  ['too long a name', trainOn('bars', '--name', 'é'.repeat(150)), 'expected at most 200 bytes, found 300'],
  [
    'a section that is taken back by a key of it',
    ['train', '--set', 'training=5', '--set', 'training.batchSize=64'],
    '--set training=5: training: expected an object, found 5',
  ],
  [
    'a section that is a list, and taken back',
    ['train', '--set', 'training=[]', '--set', 'training.batchSize=64'],
    '--set training=[]: training: expected an object, found []',
  ],
  [
    'a key twice',
    ['train', '--set', 'training={"epochs":1,"epochs":2}'],
    '--set training={"epochs":1,"epochs":2}: expected every key once, found "epochs" twice in one object',
  ],
  ['a name that is a path', trainOn('bars', '--name', '../good'), '--name ../good'],
  ['a finished run', ['train', '--resume', '--name', 'good'], 'is finished'],
  ['no such run', ['train', '--resume', '--name', 'other'], 'no run other in runs: found '],
  ['no run at all', ['train', '--resume', '--runs', 'empty'], 'no unfinished run in empty'],
  [
    'a run of another model',
    ['train', '--resume', '--name', 'unfinished', '--set', 'model.classDim=8'],
    'has model.classDim 4, found 8',
  ],
  ['another preset for a run', ['train', '--resume', '--preset', 'labml'], 'cannot be used with'],
  ['no trained model', ['evaluate', '--runs', 'empty'], 'no trained model in empty'],
  [
    'a run with a malformed configuration',
    ['evaluate', '--runs', 'elsewhere'],
    'model: expected an object, found 3',
  ],
  ['a run and a file', ['perturb', '--run', 'good', '--model', 'good.png'], 'cannot be used with'],
  ['a missing model', ['evaluate', '--model', 'missing.safetensors'], 'missing.safetensors: no such file'],
  ['a folder for a model', ['evaluate', '--model', 'bars'], 'bars: is a folder'],
  ['half a model', ['evaluate', '--model', 'cut.safetensors'], 'cut.safetensors: '],
  [
    'a model with a huge header',
    ['evaluate', '--model', 'huge-header.safetensors'],
    'huge-header.safetensors: ',
  ],
  ['text for a model', ['evaluate', '--model', 'text.safetensors'], 'text.safetensors: '],
  [
    'data of another size',
    ['evaluate', '--model', 'runs/good/model.safetensors'],
    'the model sees images of 12x12 gray',
  ],
  ['labels the model does not know', ['evaluate', ...good, '--data', 'other-labels'], 'label 9'],
  [
    'an unknown split',
    ['evaluate', ...good, '--split', 'all'],
    'Allowed choices are test, validation, train',
  ],
  [
    'a validation that there was not',
    ['evaluate', '--model', 'runs/good/model.safetensors', '--data', 'bars', '--split', 'validation'],
    'needs a run that had a validation split',
  ],
  ['no picture', ['predict', ...good], /missing required argument/],
  ['a missing picture', ['predict', ...good, 'missing.png'], 'missing.png: no such file'],
  [
    'no picture',
    ['predict', ...good, 'text.png'],
    'text.png: expected a PNG, BMP, JPEG, WebP, TIFF, GIF or AVIF file, found something else',
  ],
  ['a damaged PNG', ['predict', ...good, 'cut.png'], 'cut.png: a damaged PNG file'],
  [
    'one bad picture of two',
    ['predict', ...good, 'good.png', 'other-size.png'],
    'other-size.png: a damaged PNG file (expected 2880012 bytes of pixels, found ',
  ],
  ['a test image that is none', ['perturb', ...good, '--index', '16'], '--index: expected 0 to 15, found 16'],
  ['a class that is none', ['perturb', ...good, '--class', '3'], '--class: expected 0 to 2, found 3'],
  ['a folder for a picture', ['perturb', ...good, '--out', 'bars'], 'bars exists'],
  ['a picture in no folder', ['perturb', ...good, '--out', 'missing/a.png'], 'missing/a.png: no such file'],
];

describe('exit code 2, one line on stderr, nothing written', () => {
  it.each(cases)('%s', async (_, args, message) => {
    const before = snapshot();
    const { code, stderr } = await capsnet(args, { cwd: folder });
    expect(stderr).toMatch(/^capsnet: [^\n]+\n$/);
    expect(stderr).not.toMatch(/ {4}at /);
    if (typeof message === 'string') expect(stderr).toContain(message);
    else expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(snapshot()).toEqual(before);
  });

  it('a backend that CAPSNET_BACKEND misspells', async () => {
    const { code, stderr } = await capsnet(
      trainOn('bars').filter(arg => arg !== '--backend' && arg !== 'wasm'),
      {
        cwd: folder,
        env: { CAPSNET_BACKEND: 'gpu' },
      },
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^capsnet: backend: CAPSNET_BACKEND: [^\n]+\n$/),
    ]);
  });
});

describe('help', () => {
  it.each(commands.map(command => command.name()))('of %s has examples', async name => {
    const { code, stdout, stderr } = await capsnet([name, '--help'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: capsnet ${name}`);
    expect(stdout).toContain(`Examples:\n  $ capsnet ${name}`);
  });

  it('of train lists every key of the configuration with its default', async () => {
    const { stdout } = await capsnet(['train', '--help'], { cwd: folder });
    for (const { path, byDefault } of configurationKeys(runSchema)) {
      const value = typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault);
      expect(stdout).toContain(`\n  ${path}${byDefault === undefined ? '' : `=${value}`}\n`);
    }
  });

  it('without a command lists the commands', async () => {
    const { stdout, stderr } = await capsnet([], { cwd: folder });
    for (const command of commands) expect(stdout + stderr).toContain(`  ${command.name()} `);
  });
});

describe('native', () => {
  it('says by status what the native backend needs, or that it works, naming its own command', async () => {
    const { code, stdout, stderr } = await capsnet(['native', 'status'], { cwd: folder });
    expect(stderr).toBe('');
    const expected =
      code === 0 ? /^TensorFlow [\d.]+: ready \(/ : /not there|not installed; `capsnet native install`/;
    expect(stdout).toMatch(expected);
    expect(stdout).not.toContain('npx');
  });

  it('suggests a command for a name that is mistyped', async () => {
    const { code, stderr } = await capsnet(['native', 'stauts'], { cwd: folder });
    expect([code, stderr]).toEqual([2, "capsnet: unknown command 'stauts' (Did you mean status?)\n"]);
  });
});

it('CAPSNET_BACKEND is preferred', async () => {
  const { code, stdout } = await capsnet(['evaluate', '--run', 'good'], {
    cwd: folder,
    env: { CAPSNET_BACKEND: 'cpu' },
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^backend cpu /);
});
