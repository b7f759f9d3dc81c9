import '@tensorflow/tfjs-backend-cpu';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationKeys } from '@capsnet/core/configuration';
import * as dataSets from '@capsnet/data/node';
import * as mnist from '@capsnet/mnist/node';
import * as trainer from '@capsnet/trainer';
import * as checkpoints from '@capsnet/trainer/node';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { barsSettings, writeBarPng, writeBars } from '../../test/bars';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import { dataSchema, type RunConfig, trainingSchema } from '../config/schema';
import { parseAssignment, type Settings } from '../config/settings';
import { batchesOf } from '../data/batches';
import { digestsOf } from '../data/digests';
import { loadData } from '../data/load-data';
import { sizesOf } from '../data/sizes';
import { split } from '../data/splits';
import { runFolder } from '../runs/run-folder';
import { openConsole } from '../terminal/console';
import { runTraining } from './run-training';

// Everything runs for real, and what is called is written down.
vi.mock('@capsnet/data/node', { spy: true });
vi.mock('@capsnet/mnist/node', { spy: true });
vi.mock('@capsnet/trainer', { spy: true });
vi.mock('@capsnet/trainer/node', { spy: true });

const folder = mkdtempSync(join(tmpdir(), 'capsnet-training-'));
const bars = writeBars(join(folder, 'bars'), { train: 24, test: 8 });
const prefixed = join(folder, 'prefixed');
cpSync(bars, prefixed, { recursive: true });
for (const name of readdirSync(prefixed)) renameSync(join(prefixed, name), join(prefixed, `a-${name}`));

const photos = join(folder, 'photos');
for (let i = 0; i < 48; i++) {
  mkdirSync(join(photos, String(i % 3)), { recursive: true });
  writeBarPng(join(photos, String(i % 3), `${i}.png`), i % 3, { seed: i + 1 });
}

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.clearAllMocks();
});

let runs = 0;
async function train(...settings: readonly Settings[]) {
  const config = resolveConfig(
    presets.paper,
    barsSettings,
    { data: { set: 'idx', folder: bars, validation: 8, shift: 0 }, training: { epochs: 1, batchSize: 8 } },
    ...settings,
  );
  return trainAs(config, `run-${runs++}`);
}

/** As the command does it. */
async function trainAs(given: RunConfig, name: string) {
  const run = runFolder(join(folder, 'runs'), name);
  const data = await loadData(given.data);
  const { model } = resolveConfig({ ...given, training: presets.paper.training }, sizesOf(data, given));
  const config = { ...given, model };
  const splits = await split(data, config);
  const code = await runTraining({
    run,
    config,
    splits,
    sources: await batchesOf(splits, config),
    digests: digestsOf(data),
    backend: { name: 'cpu', device: 'JavaScript', skipped: [] },
    output: { ...openConsole(true), emit: () => {} },
    resume: false,
    takeOver: false,
    resumeWith: 'capsnet train --resume',
  });
  expect(code).toBe(0);
  return JSON.parse(readFileSync(run.results, 'utf8'));
}

// The arguments of the first call
const loaded = () => vi.mocked(dataSets.loadIdx).mock.calls[0]![0];
const read = () => vi.mocked(dataSets.readPictures).mock.calls[0]![1]!;
const augmented = () => vi.mocked(dataSets.trainingBatches).mock.calls[0]![1]!;
const validated = () => vi.mocked(dataSets.evaluationBatches).mock.calls[0]![1]!;
const splitOff = () => vi.mocked(dataSets.splitValidation).mock.calls[0]![1]!;
const [source, options] = [
  () => vi.mocked(trainer.train).mock.calls[0]![1],
  () => vi.mocked(trainer.train).mock.calls[0]![2],
];
const rates = (...steps: number[]) => steps.map(step => options().schedule!(step, 100));

type Row = readonly [set: string | readonly string[], seen: () => unknown, expected: unknown];

const step = 'training.learningRate.schedule=step';
const asPictures = (...settings: readonly string[]) => [
  'data.set=pictures',
  `data.folder=${photos}`,
  ...settings,
];
/** For each key a value that is none of the presets', and what is seen of it. */
const rows: Readonly<Record<string, Row>> = {
  'data.set': [
    ['data.set=mnist', 'data.folder=null', 'data.limit=8'],
    () => vi.mocked(mnist.loadMnist).mock.calls,
    [[]],
  ],
  'data.folder': [
    `data.folder=${folder}/prefixed/../bars`,
    () => loaded()?.folder,
    `${folder}/prefixed/../bars`,
  ],
  'data.prefix': [['data.prefix=a-', `data.folder=${prefixed}`], () => loaded()?.prefix, 'a-'],
  'data.pictures.height': [
    asPictures('data.pictures.height=13', 'data.pictures.width=12'),
    () => read().size,
    [13, 12],
  ],
  'data.pictures.width': [
    asPictures('data.pictures.height=12', 'data.pictures.width=14'),
    () => read().size,
    [12, 14],
  ],
  'data.pictures.fit': [asPictures('data.pictures.fit=exact'), () => read().fit, 'exact'],
  'data.pictures.channels': [asPictures('data.pictures.channels=3'), () => read().channels, 3],
  'data.pictures.test': [asPictures('data.pictures.test=.4'), () => read().test, 0.4],
  'data.pictures.seed': [asPictures('data.pictures.seed=8'), () => read().seed, 8],
  'data.digits': [
    ['data.digits=2', 'data.size=14'],
    () => [
      vi.mocked(mnist.multiMnistBatches).mock.calls.length,
      vi.mocked(mnist.multiMnistEvaluationBatches).mock.calls.length,
      vi.mocked(dataSets.trainingBatches).mock.calls.length,
    ],
    // For the need of memory twice, for validation, the test, the usual score and the sheet of reconstructions
    [1, 6, 0],
  ],
  'data.size': ['data.size=15', () => [augmented().size, validated().size], [15, 15]],
  'data.shift': ['data.shift=3', () => augmented().shift, 3],
  'data.rotation': ['data.rotation=17', () => augmented().rotation, 17],
  'data.rotationProbability': [
    ['data.rotationProbability=.25', 'data.rotation=17'],
    () => augmented().rotationProbability,
    0.25,
  ],
  'data.scale': ['data.scale=.15', () => augmented().scale, 0.15],
  'data.squeeze': ['data.squeeze=.35', () => augmented().squeeze, 0.35],
  'data.shear': ['data.shear=.45', () => augmented().shear, 0.45],
  'data.flip': ['data.flip=.5', () => augmented().flip, 0.5],
  'data.brightness': ['data.brightness=.1', () => augmented().brightness, 0.1],
  'data.contrast': ['data.contrast=.2', () => augmented().contrast, 0.2],
  'data.erase': ['data.erase=5', () => augmented().erase, 5],
  'data.eraseProbability': [
    ['data.eraseProbability=.75', 'data.erase=5'],
    () => augmented().eraseProbability,
    0.75,
  ],
  'data.test': [
    ['data.test=affine', 'data.size=18'],
    () => vi.mocked(mnist.affineSet).mock.calls.map(([, o]) => o),
    [{ seed: 1, size: 18 }],
  ],
  'data.limit': ['data.limit=8', () => source().batchesPerEpoch, 1],
  'data.validation': ['data.validation=16', () => [splitOff().count, source().batchesPerEpoch], [16, 1]],
  'data.all': [
    'data.all=true',
    () => [
      vi.mocked(dataSets.splitValidation).mock.calls.length,
      options().validation,
      source().batchesPerEpoch,
    ],
    [0, undefined, 3],
  ],
  'training.epochs': ['training.epochs=2', () => options().epochs, 2],
  'training.batchSize': [
    'training.batchSize=12',
    () => [augmented().batchSize, validated().batchSize],
    [12, 12],
  ],
  'training.accumulate': ['training.accumulate=2', () => options().accumulate, 2],
  // Of several workers; test/hosts.test.ts has them.
  'training.localSteps': ['training.localSteps=2', () => options().localSteps, undefined],
  'training.learningRate.schedule': [
    'training.learningRate.schedule=constant',
    () => rates(0, 50, 99),
    [1e-3, 1e-3, 1e-3],
  ],
  'training.learningRate.initial': ['training.learningRate.initial=.02', () => rates(0), [0.02]],
  'training.learningRate.factor': [
    ['training.learningRate.factor=.5', step],
    () => rates(0, 2000, 4000),
    [1e-3, 0.5e-3, 0.25e-3],
  ],
  'training.learningRate.every': [
    ['training.learningRate.every=10', step],
    () => rates(9, 10, 20),
    [1e-3, 0.96e-3, 1e-3 * 0.96 ** 2],
  ],
  'training.learningRate.final': [
    'training.learningRate.final=.0001',
    () => rates(99),
    [expect.closeTo(1e-4, 12)],
  ],
  'training.averageDecay': ['training.averageDecay=.5', () => options().averageDecay, 0.5],
  'training.clipNorm': ['training.clipNorm=.125', () => options().clipNorm, 0.125],
  'training.patience': ['training.patience=4', () => options().validation!.patience, 4],
  'training.validationsPerEpoch': ['training.validationsPerEpoch=3', () => options().validation!.perEpoch, 3],
  'training.checkpointEvery': ['training.checkpointEvery=5', () => options().checkpointEvery, 5],
  'training.keepCheckpoints': [
    'training.keepCheckpoints=7',
    () => vi.mocked(checkpoints.folderStore).mock.calls[0]![1]!.keep,
    7,
  ],
  'training.histogramsEvery': ['training.histogramsEvery=9', () => options().inspectEvery, 9],
  'training.seed': ['training.seed=11', () => [augmented().seed, splitOff().seed], [11, 11]],
};

describe('what the configuration says reaches the batches and the trainer', () => {
  it('for every key there is a row', () => {
    const keys = { data: dataSchema, training: trainingSchema };
    expect(Object.keys(rows).sort()).toEqual(
      Object.entries(keys)
        .flatMap(([section, schema]) => configurationKeys(schema, section).map(({ path }) => path))
        // What becomes of initial weights is seen in their own test.
        .filter(path => !path.startsWith('training.from.'))
        .sort(),
    );
  });

  it.each(Object.entries(rows))('%s', async (_, [assignments, seen, expected]) => {
    await train(...[assignments].flat().map(parseAssignment));
    expect(seen()).toEqual(expected);
  });

  it('the validation of the run is that of the training, and its model is what checkpoints belong to', async () => {
    await train();
    expect(options().validation!.source).toBe(vi.mocked(dataSets.evaluationBatches).mock.results[0]!.value);
    expect(source()).toBe(vi.mocked(dataSets.trainingBatches).mock.results[0]!.value);
    expect(options().fingerprint).toMatchObject({ classDim: 4 });
  });
});

it('an option that the trainer refuses is found before anything is written', async () => {
  const config = resolveConfig(presets.paper, barsSettings, {
    data: { set: 'idx', folder: bars, validation: 8 },
  });
  const refused = { ...config, training: { ...config.training, batchSize: 8, epochs: 0 } };
  await expect(trainAs(refused, 'refused')).rejects.toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
  expect(existsSync(join(folder, 'runs/refused'))).toBe(false);
});
