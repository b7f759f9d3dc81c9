import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { barsModel, writeBarPng, writeBars } from './bars';
import { capsnet, jsonLines, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-identity-'));
const at = (...path: string[]) => join(folder, ...path);
const cwd = folder;
const options = [
  ...barsModel,
  ...set('data.validation=64', 'data.shift=0', 'training.batchSize=16', 'training.checkpointEvery=5'),
  ...['--epochs', '2', '--backend', 'wasm'],
];
const model = (run: string) => readFileSync(at('runs', run, 'model.safetensors'));
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'));
const resume = (...args: string[]) => capsnet(['train', '--resume', '--name', 'run', ...args], { cwd });

/** Every file of the run, to show that nothing was touched. */
function snapshot(): Map<string, string> {
  const files = readdirSync(at('runs/run'), { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name),
        readFileSync(join(parentPath, name), 'base64'),
      ]),
  );
}

async function expectRefused(message: string | RegExp, ...args: string[]): Promise<void> {
  const before = snapshot();
  const { code, stderr } = await resume(...args);
  expect(stderr).toMatch(message);
  expect([code, stderr.match(/\n/g)]).toEqual([2, ['\n']]);
  expect(snapshot()).toEqual(before);
}

/** Changes one byte of a file. */
function changeByte(file: string, byte: number): void {
  const bytes = readFileSync(file);
  bytes[byte]! ^= 1;
  writeFileSync(file, bytes);
}

beforeAll(async () => {
  writeBars(at('bars'));
  cpSync(at('bars'), at('kept-bars'), { recursive: true });
  expect(
    (await capsnet(['train', '--data', 'bars', '--name', 'undisturbed', ...options], { cwd })).code,
  ).toBe(0);
  let interrupted = false;
  const { code } = await capsnet(['train', '--data', 'bars', '--name', 'run', ...options, '--json'], {
    cwd,
    onLine(line, kill) {
      if (interrupted || JSON.parse(line).step !== 21) return;
      interrupted = true;
      kill('SIGTERM');
    },
  });
  expect(code).toBe(143);
  cpSync(at('runs/run'), at('kept'), { recursive: true });
});

beforeEach(() => {
  for (const [kept, path] of [
    ['kept', 'runs/run'],
    ['kept-bars', 'bars'],
  ] as const) {
    rmSync(at(path), { recursive: true, force: true });
    cpSync(at(kept), at(path), { recursive: true, preserveTimestamps: true });
  }
});

describe('a run knows its images', () => {
  it.each([
    ['training', 'train-images-idx3-ubyte', 5000],
    ['training', 'train-labels-idx1-ubyte', 11],
    ['test', 't10k-images-idx3-ubyte', 5000],
    ['test', 't10k-labels-idx1-ubyte', 11],
  ])('and does not go on with other %s images or labels: %s', async (part, file, byte) => {
    changeByte(at('bars', file), byte);
    await expectRefused(
      `data: the ${part} images or their labels are not those of runs/run: expected the SHA-256 `,
    );
  });

  it('nor is it evaluated on others, unless they are said to be others', async () => {
    changeByte(at('bars/t10k-images-idx3-ubyte'), 5000);
    const evaluate = ['evaluate', '--run', 'undisturbed', '--backend', 'wasm'];
    for (const command of [
      evaluate,
      ['reconstruct', ...evaluate.slice(1)],
      ['perturb', ...evaluate.slice(1)],
    ]) {
      const { code, stderr } = await capsnet(command, { cwd });
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('data: the test images or their labels are not those'),
      ]);
    }
    expect((await capsnet([...evaluate, '--data', 'bars'], { cwd })).code).toBe(0);
  });

  it('wherever they lie', async () => {
    renameSync(at('bars'), at('moved'));
    try {
      await expectRefused('if the images lie elsewhere now, name their folder with --data');
      const { code, stderr } = await resume('--data', 'moved');
      expect([code, stderr]).toEqual([0, '']);
      expect(model('run').equals(model('undisturbed'))).toBe(true);
      expect(json('runs/run/config.json').data.folder).toBe(at('moved'));
      // Its own again, with their validation split
      const { stdout } = await capsnet(
        [
          ...['evaluate', '--run', 'undisturbed', '--split', 'validation', '--data', 'moved'],
          '--backend',
          'wasm',
          '--json',
        ],
        { cwd },
      );
      expect(jsonLines(stdout)[0]).toMatchObject({ images: 64 });
    } finally {
      rmSync(at('moved'), { recursive: true });
    }
  });
});

describe('a run knows its settings', () => {
  it.each([
    ['training.learningRate.initial', 0.5],
    ['training.seed', 5],
    ['training.epochs', 3],
    ['data.shift', 1],
    ['model.classDim', 5],
  ])('and does not go on when %s was edited', async (path, value) => {
    const config = json('runs/run/config.json');
    const keys = path.split('.');
    const last = keys.pop()!;
    keys.reduce((group, key) => group[key], config)[last] = value;
    writeFileSync(at('runs/run/config.json'), JSON.stringify(config));
    await expectRefused(`config.json: expected ${path} `);
  });

  it('unless it was begun by an earlier version, which did not keep them', async () => {
    rmSync(at('runs/run/sessions.json'));
    writeFileSync(at('runs/run/commits.json'), '["a", "b-dirty"]');
    await expectRefused('has data.folder', '--data', 'kept-bars');
    expect(await resume()).toMatchObject({ code: 0, stderr: '' });
    expect(model('run').equals(model('undisturbed'))).toBe(true);
    expect(json('runs/run/results.json').commit).toMatch(/^a, b-dirty, /);
  });

  it('and says what is wrong with the file that keeps them', async () => {
    writeFileSync(at('runs/run/sessions.json'), '[{}]');
    await expectRefused(/runs\/run\/sessions.json: sessions: .*remove the file/);
    writeFileSync(at('runs/run/sessions.json'), '[{');
    await expectRefused(/runs\/run\/sessions.json: .*JSON.*remove the file/);
  });
});

it('another backend is noted, and kept', async () => {
  const { code, stderr } = await resume('--backend', 'cpu');
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(
      /^the run was trained with backend wasm \(.*\), now cpu \(JavaScript\): its weights will differ/,
    ),
  ]);
  expect(json('runs/run/results.json')).toMatchObject({
    backend: { name: 'cpu' },
    earlierBackends: [{ name: 'wasm' }],
  });
  expect(
    json('runs/run/sessions.json').map((session: { backend: { name: string } }) => session.backend.name),
  ).toEqual(['wasm', 'cpu']);
});

it('so is another version, for machines too', async () => {
  const sessions = json('runs/run/sessions.json');
  sessions[0].versions.tfjs = '4.0.0';
  writeFileSync(at('runs/run/sessions.json'), JSON.stringify(sessions));
  const { stdout } = await resume('--json');
  expect(jsonLines(stdout)).toContainEqual({
    type: 'note',
    message: expect.stringContaining('the run was trained with tfjs 4.0.0, now '),
  });
});

describe('the log of measurements', () => {
  it.each([
    ['lost', () => rmSync(at('runs/run/metrics.jsonl'))],
    ['no log', () => writeFileSync(at('runs/run/metrics.jsonl'), 'garbage\n{}\n[\n')],
    [
      'cut in its middle',
      () => {
        const text = readFileSync(at('runs/run/metrics.jsonl'), 'utf8');
        writeFileSync(at('runs/run/metrics.jsonl'), text.replace('"step":3,', '"st\n'));
      },
    ],
  ])('%s does not stop a training', async (_, damage) => {
    damage();
    const { code, stderr } = await resume();
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^runs\/run\/metrics.jsonl is missing or damaged: [^\n]+\n$/),
    ]);
    expect(model('run').equals(model('undisturbed'))).toBe(true);
    const { validation, usualScore } = json('runs/undisturbed/results.json');
    expect(json('runs/run/results.json')).toMatchObject({
      validation: { ...validation, loss: expect.closeTo(validation.loss, 6) },
      usualScore,
    });
    expect([validation.images, usualScore.images, usualScore.split]).toEqual([64, 64, 'validation']);
  });

  it('is not written over when the checkpoints are lost', async () => {
    rmSync(at('runs/run/checkpoints'), { recursive: true });
    await expectRefused(
      '--resume: expected a checkpoint in runs/run/checkpoints, found none, though the run has come to',
    );
  });

  it('begins anew when there was no checkpoint yet', async () => {
    rmSync(at('runs/run/checkpoints'), { recursive: true });
    const lines = readFileSync(at('runs/run/metrics.jsonl'), 'utf8').split('\n');
    writeFileSync(at('runs/run/metrics.jsonl'), `${lines.slice(0, 5).join('\n')}\n{"spl`);
    expect(await resume()).toMatchObject({ code: 0, stderr: '' });
    expect(model('run').equals(model('undisturbed'))).toBe(true);
  });
});

describe('JSON that an editor has written', () => {
  it('may begin with a byte order mark', async () => {
    const text = readFileSync(at('runs/run/config.json'), 'utf8');
    writeFileSync(at('runs/run/config.json'), `\ufeff${text}`);
    expect(await resume()).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['utf16le', 'utf16le without mark', 'latin1'])('is not in %s', async encoding => {
    const text = readFileSync(at('runs/run/config.json'), 'utf8').replace('{', '{"é": 1,');
    const mark = encoding === 'utf16le' ? '\ufeff' : '';
    writeFileSync(at('runs/run/config.json'), mark + text, encoding === 'latin1' ? 'latin1' : 'utf16le');
    await expectRefused(
      /^capsnet: runs\/run\/config.json: expected JSON in UTF-8, found .*: save it as UTF-8\n/,
    );
  });
});

it('what scores are usual a run knows, and predict asks it', async () => {
  writeBarPng(at('bar.png'), 0);
  const predict = async (...args: string[]) =>
    jsonLines(
      (await capsnet(['predict', 'bar.png', '--backend', 'wasm', '--json', ...args], { cwd })).stdout,
    )[0];
  const { score } = json('runs/undisturbed/results.json').usualScore;
  expect(await predict('--run', 'undisturbed')).toMatchObject({ sure: score });
  expect(await predict('--model', 'runs/undisturbed/model.safetensors')).toMatchObject({ sure: 0.5 });
});

it('an old run without any of it is evaluated as before', async () => {
  cpSync(at('runs/undisturbed'), at('runs/old'), { recursive: true });
  rmSync(at('runs/old/sessions.json'));
  const { code } = await capsnet(['evaluate', '--run', 'old', '--backend', 'wasm'], { cwd });
  expect(code).toBe(0);
  expect(existsSync(at('runs/old/sessions.json'))).toBe(false);
});
