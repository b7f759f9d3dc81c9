import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { decodeCapsNet } from '@capsnet/core';
import { evaluationBatches, take } from '@capsnet/data/node';
import { loadMnist } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeBars } from './bars';
import { capsnet, jsonLines } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-experiment-'));
const inFolder = { cwd: folder };
const at = (name: string) => join(folder, name);
writeBars(at('bars'));

const bars = {
  title: 'Bars',
  group: 'Tiny',
  preset: 'paper',
  settings: {
    model: {
      convolutions: [{ filters: 8, kernelSize: 3 }],
      primary: { channels: 2, dim: 4, kernelSize: 3 },
      classDim: 4,
      decoder: { hidden: [16] },
    },
    data: { set: 'idx', folder: 'bars', all: true, shift: 0 },
    training: { epochs: 2, batchSize: 16, learningRate: { initial: 0.03 }, histogramsEvery: 1000 },
  },
  seeds: [1],
};

function write(name: string, changes: Record<string, unknown> = {}): string {
  mkdirSync(at('experiments'), { recursive: true });
  const file = `experiments/${name}.json`;
  writeFileSync(at(file), JSON.stringify({ ...bars, ...changes }));
  return file;
}

const experiment = (...args: string[]) => capsnet(['experiment', '--backend', 'wasm', ...args], inFolder);
// biome-ignore lint/suspicious/noExplicitAny: JSON
const read = (file: string): any => JSON.parse(readFileSync(at(file), 'utf8'));
// biome-ignore lint/suspicious/noExplicitAny: JSON
const json = ({ stdout }: { readonly stdout: string }): any => jsonLines(stdout)[0];
const row = (name: string) => read(`experiments/results/${name}.json`);

describe('several seeds', () => {
  beforeAll(async () => {
    const { code, stdout, stderr } = await experiment(write('several', { seeds: [3, 1, 2] }));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/test error +\d+\.\d{3} ± \d+\.\d{3}% of 96 images\n/);
  });

  it('are a run each, and what the row says of it is what the run says', () => {
    const { config, trained } = row('several');
    // With the size of the images, which the file does not say.
    expect(config).toEqual(read('runs/several-seed-3/config.json'));
    expect(trained.map(({ seed }: { seed: number }) => seed)).toEqual([3, 1, 2]);
    for (const { seed, ...figures } of trained) {
      const { test, ...results } = read(`runs/several-seed-${seed}/results.json`);
      expect(results.seed).toEqual({ model: seed, training: seed });
      expect(figures).toMatchObject({ error: test.error, loss: test.loss, images: 96 });
      for (const name of [
        'parameters',
        'epochs',
        'seconds',
        'imagesPerSecond',
        'backend',
        'versions',
        'date',
      ]) {
        expect(figures[name]).toEqual(results[name]);
      }
      expect(figures.command).toBe('capsnet experiment experiments/several.json');
      expect(figures.samples).toBe(2 * 320);
    }
  });

  it('train as each would alone', async () => {
    expect((await experiment(write('alone', { seeds: [2] }))).code).toBe(0);
    const model = (run: string) => readFileSync(at(`runs/${run}/model.safetensors`));
    expect(model('alone-seed-2').equals(model('several-seed-2'))).toBe(true);
    expect(model('several-seed-1').equals(model('several-seed-2'))).toBe(false);
    expect(row('alone')).toMatchObject({ standardDeviation: null, vote: null });
    expect(row('alone').mean.error).toBe(row('alone').trained[0].error);
  });
});

describe('the vote of several seeds', () => {
  const seeds = [3, 1, 2];
  const scores = 'experiments/results/scores/several-seed-1.safetensors';

  it('is the class of the longest mean capsule', async () => {
    await pickBackend({ only: 'wasm' });
    const { test } = await loadMnist({ folder: at('bars') });
    const { images, labels } = evaluationBatches(take(test, 96), { batchSize: 96 }).next();
    const networks = seeds.map(seed =>
      decodeCapsNet(readFileSync(at(`runs/several-seed-${seed}/model.safetensors`))),
    );
    const longest = tf.argMax(tf.addN(networks.map(network => network.scores(images))), 1);
    const wrong = (await tf.notEqual(longest, labels as tf.Tensor1D).data()).filter(Boolean).length;
    expect(row('several').vote).toEqual({ seeds, error: wrong / 96 });
  });

  it('is what evaluate says of their runs, which has each of them too', async () => {
    const runs = seeds.flatMap(seed => ['--run', `several-seed-${seed}`]);
    const evaluate = (...args: string[]) => capsnet(['evaluate', ...args, '--backend', 'wasm'], inFolder);
    const said = json(await evaluate(...runs, '--json'));
    expect(said.vote.error).toBe(row('several').vote.error);
    expect(said.models.map(({ error }: { error: number }) => error)).toEqual(
      row('several').trained.map(({ error }: { error: number }) => error),
    );
    const { stdout } = await evaluate(...runs);
    expect(stdout).toContain('test images, the vote of 3: accuracy ');
    expect(stdout).toMatch(/runs\/several-seed-2\/model.safetensors +\d/);

    // The files alone, with whatever reads them, and a published network that sees other images
    const files = seeds.map(seed => `runs/several-seed-${seed}/model.safetensors`);
    const byFiles = json(await evaluate('--model', ...files, '--data', 'bars', '--json'));
    expect(byFiles.vote).toEqual(said.vote);
    const others = await evaluate('--run', 'several-seed-1', '--pretrained', 'efficient-capsnet-mnist');
    expect([others.code, others.stderr]).toEqual([
      2,
      expect.stringContaining('expected models that are evaluated on the same images, found others for '),
    ]);
  });

  it('needs the scores that the row names', async () => {
    const page = () => experiment('experiments/several.json', '--page', 'vote.md');
    expect((await page()).code).toBe(0);
    expect(readFileSync(at('vote.md'), 'utf8')).toContain('%, seeds 3, 1, 2 |');
    const kept = readFileSync(at(scores));
    const other = readFileSync(at('experiments/results/scores/several-seed-2.safetensors'));
    for (const [content, message] of [
      [other, `${scores}: expected the scores that experiments/results/several.json names by their digest`],
      [null, `${scores}: no such file or folder`],
    ] as const) {
      if (content) writeFileSync(at(scores), content);
      else rmSync(at(scores));
      const { code, stderr } = await page();
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    writeFileSync(at(scores), kept);
    expect((await page()).code).toBe(0);
  });
});

it('mean and standard deviation are as by hand', async () => {
  // Finished runs are taken as they are, where they agree with themselves: errors of 1, 2 and 6 in 96, whose mean is 3 and whose squares add up to 4 + 1 + 9.
  const file = write('by-hand', { seeds: [1, 2, 3] });
  expect((await experiment(file)).code).toBe(0);
  rmSync(at('experiments/results/by-hand.json'));
  for (const [seed, mistakes] of [
    [1, 1],
    [2, 2],
    [3, 6],
  ] as const) {
    const results = read(`runs/by-hand-seed-${seed}/results.json`);
    delete results.test.misclassified;
    Object.assign(results.test, { mistakes, error: mistakes / 96, accuracy: 1 - mistakes / 96 });
    results.test.loss = seed;
    writeFileSync(at(`runs/by-hand-seed-${seed}/results.json`), JSON.stringify(results));
  }
  const { code, stdout } = await experiment(file);
  expect(code).toBe(0);
  const { mean, standardDeviation } = row('by-hand');
  expect(mean.error).toBeCloseTo(3 / 96, 12);
  expect(standardDeviation.error).toBeCloseTo(Math.sqrt(14 / 2) / 96, 12);
  expect([mean.loss, standardDeviation.loss]).toEqual([2, 1]);
  expect(stdout).toMatch(/test error +3\.125 ± 2\.756% of 96 images\n/);
});

describe('an interrupted experiment', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s ends with the same row, by the same command',
    async signal => {
      const name = `after-${signal}`;
      const args = ['experiment', write(name, { seeds: [1, 2] }), '--backend', 'wasm', '--json'];
      let steps = 0;
      const first = await capsnet(args, {
        ...inFolder,
        onLine(line, kill) {
          // In the second training
          if (JSON.parse(line).type === 'step' && ++steps === 40 + 7) kill(signal);
        },
      });
      expect([first.code, first.signal]).toEqual(signal === 'SIGTERM' ? [143, null] : [null, 'SIGKILL']);
      if (signal === 'SIGTERM') {
        const resume = `capsnet ${args.join(' ')}`;
        expect(jsonLines(first.stdout).at(-1)).toMatchObject({ type: 'interrupted', resume });
      }
      expect(row(name).trained).toHaveLength(1);

      const second = await capsnet(args, inFolder);
      expect([second.code, second.stderr]).toEqual([0, '']);
      const undisturbed = write(`undisturbed-${signal}`, { seeds: [1, 2] });
      expect((await experiment(undisturbed)).code).toBe(0);
      expect(figures(row(name))).toEqual(figures(row(`undisturbed-${signal}`)));
      expect(jsonLines(second.stdout).at(-1)).toEqual({ type: 'row', experiment: name, ...row(name) });

      // And once more: there is nothing left to do.
      const stored = readFileSync(at(`experiments/results/${name}.json`));
      const third = await capsnet(args, inFolder);
      expect(jsonLines(third.stdout).map(({ type }) => type)).toEqual(['row']);
      expect(readFileSync(at(`experiments/results/${name}.json`)).equals(stored)).toBe(true);
    },
  );
});

describe('a row is not mixed with another', () => {
  const file = 'experiments/changing.json';
  beforeAll(async () => {
    expect((await experiment(write('changing'))).code).toBe(0);
  });

  it('when the settings have changed since it was stored', async () => {
    write('changing', { settings: { ...bars.settings, training: { ...bars.settings.training, epochs: 3 } } });
    const before = readFileSync(at('experiments/results/changing.json'), 'utf8');
    for (const args of [[], ['--page', 'page.md']]) {
      const { code, stderr } = await experiment(write('other'), file, ...args);
      expect([code, stderr]).toEqual([
        2,
        'capsnet: experiments/results/changing.json: was trained with training.epochs 2, and ' +
          'experiments/changing.json now says 3: give the changed experiment a file of its own, ' +
          'or remove what was trained\n',
      ]);
    }
    expect(readFileSync(at('experiments/results/changing.json'), 'utf8')).toBe(before);
    // Not even the experiment before it was begun.
    expect(existsSync(at('runs/other-seed-1'))).toBe(false);
  });

  it('when a seed has been taken away', async () => {
    const { code, stderr } = await experiment(write('changing', { seeds: [2] }));
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('was trained with seed 1, and experiments/changing.json now says seeds 2:'),
    ]);
  });

  it('when the run of a seed was begun with other settings', async () => {
    rmSync(at('experiments/results/changing.json'));
    write('changing', { settings: { ...bars.settings, model: { ...bars.settings.model, classDim: 8 } } });
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('runs/changing-seed-1: was trained with model.classDim 4'),
    ]);
    expect(existsSync(at('experiments/results/changing.json'))).toBe(false);
  });

  it('but may have words of its own, more seeds, and what an older version did not know', async () => {
    expect((await experiment(write('changing'))).code).toBe(0);
    const stored = row('changing');
    delete stored.config.training.clipNorm;
    writeFileSync(at('experiments/results/changing.json'), JSON.stringify(stored));
    expect((await experiment(write('changing', { title: 'Other words', seeds: [2, 1] }))).code).toBe(0);
    expect(row('changing').trained.map(({ seed }: { seed: number }) => seed)).toEqual([2, 1]);
  });
});

describe('what cannot have been measured is refused', () => {
  const file = 'experiments/damaged.json';
  const results = 'runs/damaged-seed-1/results.json';
  const stored = 'experiments/results/damaged.json';
  let measured: Record<string, string>;
  beforeAll(async () => {
    write('damaged');
    expect((await experiment(file)).code).toBe(0);
    measured = Object.fromEntries([results, stored].map(name => [name, readFileSync(at(name), 'utf8')]));
  });

  it.each([
    [{ error: null }, 'results: test.error: expected a number, found null'],
    [{ error: -5 }, 'results: test.error: expected at least 0, found -5'],
    [{ images: 0 }, 'results: test.images: expected at least 1, found 0'],
    [{ error: 0.5, mistakes: 96 }, 'test.error: expected 1 of 96 mistakes in 96 images, found 0.5'],
    [{ misclassified: [{}] }, 'results: test.misclassified.0.index: expected '],
  ])('in results, and no row is made of them: %j', async (changes, message) => {
    rmSync(at(stored), { force: true });
    const { test, ...rest } = JSON.parse(measured[results]!);
    writeFileSync(at(results), JSON.stringify({ ...rest, test: { ...test, ...changes } }));
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/; remove the file, and --resume tests the run again\n$/),
    ]);
    expect(stderr).toContain(`capsnet: ${results}: ${message}`);
    expect(existsSync(at(stored))).toBe(false);
  });

  it('in results of another seed', async () => {
    rmSync(at(stored), { force: true });
    writeFileSync(
      at(results),
      JSON.stringify({ ...JSON.parse(measured[results]!), seed: { model: 2, training: 2 } }),
    );
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${results}: seed: expected 1, `)]);
    expect(existsSync(at(stored))).toBe(false);
  });

  it.each([
    ['"error": ', '"error": -5, "was": ', /expected at least 0, found -5/],
    ['"seconds": ', '"seconds": -1, "was": ', /expected at least 0, found -1/],
  ])('in a row: %s', async (found, instead, message) => {
    writeFileSync(at(stored), measured[stored]!.replace(found, instead));
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).toContain(`capsnet: ${stored}: `);
  });

  it('in a row whose mean is not that of its trainings', async () => {
    const changed = JSON.parse(measured[stored]!);
    changed.mean.error = (changed.mean.error + 0.5) % 1;
    writeFileSync(at(stored), JSON.stringify(changed));
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('mean.error: expected ')]);
  });

  it('other images than those that the run or the row is of', async () => {
    const images = at('bars/t10k-images-idx3-ubyte');
    const before = readFileSync(images);
    const others = Buffer.from(before);
    others[5000]! ^= 1;
    writeFileSync(images, others);
    try {
      writeFileSync(at(results), measured[results]!);
      rmSync(at(stored));
      const ofRun = await experiment(file);
      expect([ofRun.code, ofRun.stderr]).toEqual([
        2,
        expect.stringContaining('the test images or their labels are not those'),
      ]);
      writeFileSync(at(stored), measured[stored]!);
      write('damaged', { seeds: [1, 2] });
      const ofRow = await experiment(file);
      expect([ofRow.code, ofRow.stderr]).toEqual([
        2,
        expect.stringContaining(`${stored}: seed 1 was trained or tested on other images or labels`),
      ]);
      expect(existsSync(at('runs/damaged-seed-2'))).toBe(false);
    } finally {
      writeFileSync(images, before);
    }
  });
});

describe('a file that describes no experiment is refused', () => {
  it.each([
    [{ titel: 'Bars' }, 'experiment: unknown key titel: did you mean title?'],
    [{ group: undefined }, 'group: expected a string, found nothing'],
    [{ preset: 'papr' }, 'preset: expected "paper" or "labml" or "efficient" or "em" or "cnn", found "papr"'],
    [{ seeds: [] }, 'seeds: expected at least 1 entry, found []'],
    [{ seeds: [1, 1] }, 'seeds: expected each seed once, found [1, 1]'],
    [{ seeds: [-1] }, 'seeds.0: expected at least 0, found -1'],
    [{ paper: { error: '.25', source: 'table 1' } }, 'paper.error: expected a number, found ".25"'],
    [{ settings: { training: { epoch: 3 } } }, 'configuration: unknown key training.epoch: did you mean'],
    [{ settings: { model: { seed: 5 } } }, 'settings: expected no seed, for every one of "seeds" is trained'],
  ])('%j', async (changes, message) => {
    const file = write('refused', changes);
    const { code, stderr } = await experiment(file);
    expect(stderr).toMatch(/^capsnet: experiments\/refused\.json: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it.each([
    ['missing.json', 'capsnet: missing.json: no such file or folder\n'],
    ['bars', 'capsnet: bars: is a folder, expected a file\n'],
    [
      write('two words'),
      'capsnet: experiments/two words.json: expected letters, digits, "-", "_" and "." in its name, which its runs have too\n',
    ],
  ])('%s', async (file, message) => {
    const { code, stderr } = await experiment(file);
    expect([code, stderr]).toEqual([2, message]);
  });
});

describe('--page', () => {
  const page = (file: string, ...args: string[]) => experiment(...args, '--page', file);

  it('has a table for each group, and a line for each training', async () => {
    const held = write('held', {
      title: 'With a | in it',
      group: 'Other',
      note: 'a note',
      settings: { ...bars.settings, data: { set: 'idx', folder: 'bars', validation: 64, shift: 0 } },
      seeds: [1, 2],
      paper: { error: 0.25, standardDeviation: 0.005, source: 'table 1' },
    });
    expect((await experiment(held)).code).toBe(0);
    const waiting = write('waiting', { group: 'Other', seeds: [7], paper: { error: 3, source: 'table 2' } });
    const row1 = row('held');
    // As if the second seed were still to come
    const first = { ...row1.trained[0], error: 3 / 96 };
    const partial = {
      ...row1,
      trained: [first],
      mean: { error: 0.03125, loss: first.loss },
      standardDeviation: null,
      vote: null,
    };
    writeFileSync(at('experiments/results/held.json'), JSON.stringify(partial));
    const { code, stderr } = await page('results.md', waiting, held, write('untouched'));
    expect([code, stderr]).toEqual([0, '']);
    const text = readFileSync(at('results.md'), 'utf8');
    expect(text.match(/^## .*/gm)).toEqual(['## Other', '## Tiny', '## Trainings']);
    expect(text).toContain(
      '| [With a \\| in it](experiments/held.json), a note | 3.13% | | 0.25 ± 0.005% (table 1) ' +
        `| ${first.parameters.toLocaleString('en')} | 2 | 512 | 1; to come: 2 | 64 |`,
    );
    expect(text).toContain(
      '| [Bars](experiments/waiting.json) | not run | | 3% (table 2) | | 2 | | to come: 7 | none |',
    );
    expect(text).toContain('| `capsnet experiment experiments/held.json` | 1 |');
    expect(text).not.toContain('`capsnet experiment experiments/waiting.json`');
    expect(existsSync(at('runs/waiting-seed-7'))).toBe(false);
  });

  it('is no markup but our own, whatever the experiments say', async () => {
    const title = 'x](javascript:alert(1)) <script>\n\n## y `z';
    const hostile = write('hostile', {
      title,
      group: 'a\n\n# b <b>',
      note: '[link](javascript:1) and [paper](https://example.org/a_b)',
    });
    expect((await page('hostile.md', hostile)).code).toBe(0);
    const text = readFileSync(at('hostile.md'), 'utf8');
    expect(text.match(/^#.*/gm)).toEqual(['# Results', '## a # b \\<b\\>', '## Trainings']);
    expect(text).toContain(
      '| [x\\](javascript:alert(1)) \\<script\\> ## y \\`z](experiments/hostile.json), ' +
        '\\[link\\](javascript:1) and [paper](https://example.org/a_b) |',
    );
  });

  it('overwrites a page, and no other file', async () => {
    expect((await page('again.md', write('a'))).code).toBe(0);
    expect((await page('again.md', write('a', { title: 'New' }))).code).toBe(0);
    expect(readFileSync(at('again.md'), 'utf8')).toContain('[New]');
    writeFileSync(at('mine.md'), '# Mine\n');
    const { code, stderr } = await page('mine.md', write('a'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--page mine.md: exists and is not such a page'),
    ]);
    expect(readFileSync(at('mine.md'), 'utf8')).toBe('# Mine\n');
  });
});

describe('the experiments of this repository', () => {
  const root = join(import.meta.dirname, '../../..');
  const names = readdirSync(join(root, 'experiments')).filter(name => name.endsWith('.json'));

  it('docs/results.md is what their rows say', async () => {
    cpSync(join(root, 'experiments'), at('repository/experiments'), { recursive: true });
    mkdirSync(at('repository/docs'));
    const files = names.map(name => `experiments/${name}`);
    const { code, stderr } = await capsnet(['experiment', ...files, '--page', 'docs/results.md'], {
      cwd: at('repository'),
    });
    expect([code, stderr]).toEqual([0, '']);
    const written = readFileSync(at('repository/docs/results.md'), 'utf8');
    expect(readFileSync(join(root, 'docs/results.md'), 'utf8')).toBe(written);
  });

  it.each(names)('%s chooses by a validation split of 10,000 images, or not at all', name => {
    const { settings } = JSON.parse(readFileSync(join(root, 'experiments', name), 'utf8'));
    expect(settings.data.all === true || settings.data.validation === 10_000).toBe(true);
  });
});

/** All that does not depend on the day and the machine's mood. */
function figures({ trained, ...rest }: ReturnType<typeof row>) {
  return {
    ...rest,
    trained: trained.map(
      ({ seconds, imagesPerSecond, date, command, ...same }: Record<string, unknown>) => same,
    ),
  };
}
