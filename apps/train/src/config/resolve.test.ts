import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CapsNetConfig } from '@capsnet/core';
import { configurationKeys } from '@capsnet/core/configuration';
import { describe, expect, it } from 'vitest';
import { presets } from './presets';
import { readSettings } from './read-settings';
import { resolveConfig, storedConfig } from './resolve';
import { type RunConfig, runSchema } from './schema';
import { parseAssignment } from './settings';

const resolve = (...assignments: string[]) =>
  resolveConfig(presets.paper, ...assignments.map(assignment => parseAssignment(assignment)));
const modelOf = ({ model }: RunConfig) => model as CapsNetConfig;

describe('the presets', () => {
  it('are valid', () => {
    expect(resolveConfig(presets.paper)).toEqual(presets.paper);
    expect(resolveConfig(presets.labml)).toEqual(presets.labml);
  });

  it("labml is labml's experiment", () => {
    expect(presets.labml).toMatchObject({
      data: { shift: 0 },
      training: {
        batchSize: 64,
        epochs: 10,
        validationsPerEpoch: 5,
        learningRate: { schedule: 'constant', initial: 1e-3 },
      },
    });
  });
});

describe('--set', () => {
  it.each([
    ['training.averageDecay=.999', config => config.training.averageDecay, 0.999],
    ['training.learningRate.initial=1e-4', config => config.training.learningRate.initial, 1e-4],
    ['training.learningRate.schedule=constant', config => config.training.learningRate.schedule, 'constant'],
    ['data.folder=/a=b', config => config.data.folder, '/a=b'],
    ['data.limit=null', config => config.data.limit, null],
    ['model.decoder=null', config => modelOf(config).decoder, null],
    ['model.decoder.hidden=[8,9]', config => modelOf(config).decoder?.hidden, [8, 9]],
    [
      'model.convolutions.0.filters=64',
      config => modelOf(config).convolutions,
      [{ filters: 64, kernelSize: 9, strides: 1, batchNorm: false }],
    ],
  ] as const satisfies readonly [string, (config: ReturnType<typeof resolve>) => unknown, unknown][])(
    '%s',
    (assignment, read, expected) => {
      expect(read(resolve(assignment))).toEqual(expected);
    },
  );

  it('lets the last one win and leaves the preset as it was', () => {
    const before = structuredClone(presets.paper);
    expect(resolve('training.epochs=3', 'training.epochs=4').training.epochs).toBe(4);
    expect(presets.paper).toEqual(before);
  });

  it.each([
    ['training.epoch=3', 'configuration: unknown key training.epoch: did you mean training.epochs?'],
    [
      'training.ema=0.9',
      'configuration: unknown key training.ema: training has epochs, batchSize, accumulate, from, learningRate, averageDecay,',
    ],
    ['epochs=3', 'configuration: unknown key epochs: did you mean training.epochs?'],
    [
      'training.learningrate.initial=1',
      'configuration: unknown key training.learningrate: did you mean training.learningRate?',
    ],
    [
      'model.decoder.maskby=label',
      'configuration: unknown key model.decoder.maskby: did you mean model.decoder.maskBy?',
    ],
    ['training.epochs=ten', 'training.epochs: expected a number, found "ten"'],
    ['training.epochs=1.5', 'training.epochs: expected an integer, found 1.5'],
    ['training.epochs=0', 'training.epochs: expected at least 1, found 0'],
    ['training.learningRate.initial=0', 'training.learningRate.initial: expected more than 0, found 0'],
    ['model.routing.over=up', 'model.routing.over: expected "out" or "in", found "up"'],
    [
      'model.routing.typ=dynamic',
      'configuration: unknown key model.routing.typ: did you mean model.routing.type?',
    ],
    [
      'model.primary.squish=paper',
      'configuration: unknown key model.primary.squish: did you mean model.primary.squash?',
    ],
    ['model.convolutions.7.filters=3', 'model.convolutions.7: expected a place from 0 to 1, found 7'],
    ['model.convolutions.0.kernelSize=-9', 'model.convolutions.0.kernelSize: expected at least 1, found -9'],
    [`training.epochs=${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'expected a number, found [a list of 1]'],
    ['training=3', 'training: expected an object, found 3'],
    ['training=[3]', 'training: expected an object, found [3]'],
    ['model={"seed":1,"seed":2}', 'expected every key once, found "seed" twice in one object'],
    ['training.epochs', '--set training.epochs: expected a.b=value'],
    ['=3', '--set =3: expected a.b=value'],
  ])('%s is refused: %s', (assignment, message) => {
    expect(() => resolve(assignment)).toThrow(message);
  });

  it.each(['__proto__.polluted=1', 'training.__proto__.polluted=1', 'constructor.prototype.polluted=1'])(
    '%s pollutes nothing',
    assignment => {
      try {
        resolve(assignment);
      } catch {}
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );
});

describe('a configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-config-'));
  const file = (text: string) => {
    const path = join(folder, 'config.json');
    writeFileSync(path, text);
    return path;
  };

  it('is merged into the preset, and lists are replaced', async () => {
    const settings = await readSettings(file('{"model": {"classes": 5, "decoder": {"hidden": [3]}}}'));
    const { model } = resolveConfig(presets.paper, settings);
    expect(model).toEqual({
      ...presets.paper.model,
      classes: 5,
      decoder: { ...modelOf(presets.paper).decoder, hidden: [3] },
    });
  });

  it.each([['{"model": '], ['[1]'], ['3']])('%s is refused with its name', async text => {
    await expect(readSettings(file(text))).rejects.toThrow(/^configuration .*config\.json: /);
  });

  it('that is missing is refused with its name', async () => {
    await expect(readSettings(join(folder, 'missing.json'))).rejects.toThrow('no such file');
  });
});

describe('a change of kind', () => {
  it('leaves nothing of the kind before', () => {
    const { model } = resolve('model.routing.type=self-attention');
    expect(model).toMatchObject({ routing: { type: 'self-attention', useBias: true } });
    expect(modelOf(resolve('model.kind=cnn')).kind).toBe('cnn');
    expect(resolve('model.kind=cnn').model).toEqual(presets.cnn.model);
  });

  it('of one that is stated again keeps the rest', () => {
    expect(
      modelOf(resolveConfig(presets.labml, { model: { routing: { type: 'dynamic' } } })).routing,
    ).toEqual(modelOf(presets.labml).routing);
  });
});

describe('a stored configuration', () => {
  it.each(Object.entries(presets))('of preset %s comes back as it was', (_, config) => {
    expect(storedConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('of an earlier version has the names of today', () => {
    const stored = {
      model: {
        image: { height: 20, width: 20, channels: 1, mean: 0.1, deviation: 0.3 },
        classes: 3,
        convolutions: [{ filters: 4, kernel: 5, stride: 1 }],
        primary: { channels: 4, dim: 8, kernel: 5, stride: 2, gain: 1 },
        hidden: [],
        classDim: 16,
        routing: { type: 'self-attention', iterations: 3, softmaxOver: 'out', gradient: 'full', bias: true },
        decoder: null,
        margin: { squared: true, mPositive: 0.9, mNegative: 0.1, lambda: 0.25 },
        initializer: { convolution: 'heNormal', routing: { distribution: 'normal', deviation: 0.2 } },
        seed: 3,
      },
      data: { shift: 1, squash: 0.2 },
      training: { ema: 0.99, clip: 1 },
    };
    expect(storedConfig(stored)).toMatchObject({
      model: {
        kind: 'capsnet',
        image: { standardDeviation: 0.3 },
        convolutions: [{ filters: 4, kernelSize: 5, strides: 1 }],
        primary: { kernelSize: 5, strides: 2 },
        routing: { type: 'self-attention', useBias: true },
        loss: { type: 'margin', lambda: 0.25 },
        initializer: { routing: { standardDeviation: 0.2 } },
      },
      data: { shift: 1, squeeze: 0.2 },
      training: { averageDecay: 0.99, clipNorm: 1 },
    });
    const { margin: _, ...cnn } = { ...stored.model, dense: [5], dropout: 0.5, margin: null };
    const { image, classes, convolutions, dense, dropout, seed } = cnn;
    expect(
      storedConfig({ model: { image, classes, convolutions, dense, dropout, seed } }).model,
    ).toMatchObject({
      kind: 'cnn',
      dense: [5],
    });
  });
});

it('every key has a meaning, and a default but for those of lists and kinds', () => {
  for (const { path, meaning, byDefault } of configurationKeys(runSchema)) {
    expect(meaning, path).not.toBe('');
    if (!/\*|kind$|type$/.test(path)) expect(byDefault, path).not.toBeUndefined();
  }
});
