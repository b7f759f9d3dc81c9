import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeBarPng } from './bars';
import { barsRuns } from './bars-runs';
import { set } from './command-line';

const bars = barsRuns('classes');
const evaluate = (...args: string[]) => bars.done('evaluate', '--backend', 'wasm', ...args);

interface Evaluated {
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly {
    readonly label: number;
    readonly recall: number;
    readonly precision: number | null;
    readonly f1: number;
    readonly support: number;
    readonly name?: string;
  }[];
  readonly misclassified: readonly { index: number; label: number; prediction: number }[];
  readonly worst: {
    readonly picture: string;
    readonly mistakes: readonly {
      readonly index: number;
      readonly true: { readonly labels: number[]; readonly names?: string[] };
      readonly predicted: { readonly labels: number[]; readonly names?: string[] };
      readonly score: number;
    }[];
  };
}

beforeAll(async () => {
  // Too short to learn it all.
  await bars.train('short', '--epochs', '1', '--seed', '3');
}, 300_000);

describe('capsnet evaluate', () => {
  it('tells each class as its confusion matrix has it', async () => {
    const { confusion, perClass } = JSON.parse(await evaluate('--json')) as Evaluated;
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    for (const { label, recall, precision, support } of perClass) {
      const column = sum(confusion.map(row => row[label]!));
      expect(support).toBe(sum(confusion[label]!));
      expect(recall).toBe(confusion[label]![label]! / support);
      expect(precision).toBe(column === 0 ? null : confusion[label]![label]! / column);
    }
    const said = await evaluate();
    for (const { label, recall, support } of perClass)
      expect(said).toMatch(new RegExp(`^${label} +${(100 * recall).toFixed(2)}% .* ${support}$`, 'm'));
  });

  it('draws the mistakes that it was surest of, each as it is in the file', async () => {
    const { worst, misclassified } = JSON.parse(
      await evaluate('--mistakes', 'worst.png', '--json'),
    ) as Evaluated;
    expect(worst.mistakes.length).toBe(Math.min(40, misclassified.length));
    expect(worst.mistakes.length).toBeGreaterThan(0);
    const scores = worst.mistakes.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const known = worst.mistakes.map(({ index, true: { labels }, predicted }) => ({
      index,
      label: labels[0],
      prediction: predicted.labels[0],
    }));
    for (const mistake of known) expect(misclassified).toContainEqual(mistake);

    // 12x12 pixels, seven times as large, on a tile that has room for words.
    const sheet = PNG.sync.read(readFileSync(bars.at('worst.png')));
    const pixels = readFileSync(bars.at('bars/t10k-images-idx3-ubyte')).subarray(16);
    for (const [at, { index }] of worst.mistakes.entries()) {
      const [left, top] = [12 + (at % 8) * (116 + 12), 12 + Math.floor(at / 8) * (84 + 28 + 12)];
      for (let pixel = 0; pixel < 144; pixel++) {
        const [x, y] = [left + 7 * (pixel % 12) + 3, top + 7 * Math.floor(pixel / 12) + 3];
        expect(sheet.data[4 * (y * sheet.width + x)]).toBe(pixels[144 * index + pixel]);
      }
      // Dark letters, and orange ones below.
      const inks = [0, 1].map(line => {
        let ink = 0;
        for (let y = 0; y < 10; y++)
          for (let x = 0; x < 116; x++)
            ink +=
              sheet.data[4 * ((top + 84 + 4 + 14 * line + y) * sheet.width + left + x) + 2]! < 255 ? 1 : 0;
        return ink;
      });
      for (const ink of inks) expect(ink).toBeGreaterThan(40);
    }
  });

  it('names the classes of pictures', async () => {
    for (const [label, name] of ['quer', 'längs', 'Kreuz Ä'].entries()) {
      mkdirSync(bars.at('bilder', name), { recursive: true });
      for (let seed = 1; seed <= 20; seed++)
        writeBarPng(join(bars.at('bilder', name), `${seed}.png`), label, { seed });
    }
    await bars.train('bilder', '--data', 'bilder', '--epochs', '1', ...set('data.validation=6'));
    const said = JSON.parse(await evaluate('--mistakes', 'bilder.png', '--json')) as Evaluated;
    expect(said.perClass.map(({ name }) => name)).toEqual(['Kreuz Ä', 'längs', 'quer']);
    const [first] = said.worst.mistakes;
    expect(first!.true.names).toEqual([said.perClass[first!.true.labels[0]!]!.name]);
    expect(await evaluate()).toMatch(/^längs 1 +\d/m);
  });

  it('says what cannot be', async () => {
    const refused = (...args: string[]) => bars.refused('evaluate', '--backend', 'wasm', ...args);
    expect(await refused('--mistakes', 'worst.png')).toContain('worst.png exists: choose another --mistakes');
    expect(await refused('--mistakes', 'worst.jpg')).toContain('expected a name that ends in .png');
    expect(await refused('--force')).toContain('--force: expected --mistakes with it');
    expect(await refused('--run', 'short', 'bilder', '--mistakes', 'two.png')).toContain(
      '--mistakes: expected one model, found 2',
    );
    expect(existsSync(bars.at('two.png'))).toBe(false);
  });
});
