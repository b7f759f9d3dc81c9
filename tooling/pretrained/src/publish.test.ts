import { readdirSync, readFileSync } from 'node:fs';
import { formatCount, formatPercent } from '@capsnet/checks';
import { type ModelCard, modelCards, pretrainedNames } from '@capsnet/pretrained';
import { describe, expect, it } from 'vitest';
import { cardPage } from './card-page';
import { demandFaithful } from './publish';
import { fileOf, placesOf } from './published-files';

const readme = readFileSync(new URL('../../../packages/pretrained/README.md', import.meta.url), 'utf8');

describe.each(pretrainedNames)('%s', name => {
  const places = placesOf(name);

  it('has the files that its card tells', () => {
    const { files } = modelCards[name];
    expect(fileOf(readFileSync(places.weights))).toEqual(files.weights);
    expect(fileOf(readFileSync(places.decoder))).toEqual(files.decoder);
  });

  it('stands in the table of the package with its figures', () => {
    const { test, parameters, files } = modelCards[name];
    const figures = [
      formatPercent(test.quantised.error),
      formatCount(parameters.all),
      formatCount(files.weights.bytes + files.decoder.bytes),
    ];
    expect(readme).toMatch(new RegExp(`^\\| \\[\`${name}\`\\].*\\| ${figures.join(' \\| ')} \\|$`, 'm'));
  });

  it('has a page that was written from its card', () => {
    expect(readFileSync(places.page, 'utf8')).toBe(cardPage(modelCards[name]));
  });
});

it('every published network can be loaded by its name', () => {
  expect(readdirSync(new URL('../../../packages/pretrained/models', import.meta.url)).sort()).toEqual(
    [...pretrainedNames].sort(),
  );
});

describe('refuses to publish', () => {
  const figures = (error: number) => ({ error, loss: 0.01 });
  const measured = (float: number, quantised: number) => ({
    images: 10_000,
    float: figures(float),
    quantised: figures(quantised),
    agree: 9_990,
  });
  const card: Pick<ModelCard, 'test' | 'validation' | 'backends'> = {
    test: measured(0.004, 0.005),
    validation: { ...measured(0.003, 0.0032), heldBack: true, usualScore: 0.6 },
    backends: { decided: 9_998, agree: 9_998 },
  };
  const told = { images: 10_000, error: 0.004, loss: 0.01 };

  it('not what is within .02 points on the validation images, whatever the test images say', () => {
    expect(() => demandFaithful(card, told)).not.toThrow();
  });

  it('what quantisation has spoilt', () => {
    const validation = { ...card.validation, quantised: figures(0.0033) };
    expect(() => demandFaithful({ ...card, validation }, told)).toThrow(
      'expected quantisation to cost at most 0.02% of the validation images, found 0.03%',
    );
  });

  it('weights that are not those of the run', () => {
    expect(() => demandFaithful(card, { ...told, error: 0.006 })).toThrow(
      'expected the test error that the run tells, 0.60%, found 0.40%',
    );
  });

  it('what two backends read differently', () => {
    const backends = { decided: 9_998, agree: 9_997 };
    expect(() => demandFaithful({ ...card, backends }, told)).toThrow('found 1 that differ');
  });
});
