import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstDifference, parseAssignment, presets, readSettings, resolveConfig } from './config';

const resolve = (...assignments: string[]) =>
  resolveConfig(presets.paper, ...assignments.map(assignment => parseAssignment(assignment)));

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
    ['training.ema=.999', config => config.training.ema, 0.999],
    ['training.learningRate.initial=1e-4', config => config.training.learningRate.initial, 1e-4],
    ['training.learningRate.schedule=constant', config => config.training.learningRate.schedule, 'constant'],
    ['data.folder=/a=b', config => config.data.folder, '/a=b'],
    ['data.limit=null', config => config.data.limit, null],
    ['model.decoder=null', config => config.model.decoder, null],
    ['model.decoder.hidden=[8,9]', config => config.model.decoder?.hidden, [8, 9]],
    [
      'model.convolutions.0.filters=64',
      config => config.model.convolutions,
      [{ filters: 64, kernel: 9, stride: 1 }],
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
    ['training.epoch=3', 'unknown configuration key training.epoch: did you mean training.epochs?'],
    ['epochs=3', 'unknown configuration key epochs: did you mean training.epochs?'],
    [
      'training.learningrate.initial=1',
      'unknown configuration key training.learningrate: did you mean training.learningRate?',
    ],
    [
      'model.decoder.maskby=label',
      'unknown configuration key model.decoder.maskby: did you mean model.decoder.maskBy?',
    ],
    ['training.epochs=ten', 'training.epochs: expected a number, found "ten"'],
    ['training.epochs=1.5', 'training.epochs: expected an integer, found 1.5'],
    ['training.epochs=0', 'training.epochs: expected at least 1, found 0'],
    ['training.learningRate.initial=0', 'training.learningRate.initial: expected more than 0, found 0'],
    ['model.routing.softmaxOver=up', 'model.routing.softmaxOver: expected one of out, in, found "up"'],
    ['model.convolutions.0.kernel=-9', 'model.convolutions.0.kernel: expected at least 1, found -9'],
    [`training.epochs=${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'expected a number, found a list of 1'],
    ['training=3', 'training: expected an object, found 3'],
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
      decoder: { ...presets.paper.model.decoder, hidden: [3] },
    });
  });

  it.each([['{"model": '], ['[1]'], ['3']])('%s is refused with its name', async text => {
    await expect(readSettings(file(text))).rejects.toThrow(/^configuration .*config\.json: /);
  });

  it('that is missing is refused with its name', async () => {
    await expect(readSettings(join(folder, 'missing.json'))).rejects.toThrow('no such file');
  });
});

it('firstDifference names the path and both values', () => {
  const other = resolve('model.routing.iterations=2');
  expect(firstDifference(presets.paper, other)).toEqual({ path: 'model.routing.iterations', a: 3, b: 2 });
  expect(firstDifference(presets.paper, structuredClone(presets.paper))).toBeUndefined();
});
