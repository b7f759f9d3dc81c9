import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CsvImages, parseCsv, splitTest } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet, ImageSets } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

const isTable = (name: string) => /\.csv(\.gz)?$/i.test(name);

/** Tables of pixels, as Kaggle has MNIST and others: one of all images, or one to train on and one to test with. */
export const csv: DataSet = {
  meaning: 'a CSV file of pixels with their labels, or a folder of two, train and test',
  isAt: ({ names }) => names.some(isTable),
  describe: ({ folder }) => folder ?? 'no file',
  async load(source, output) {
    expectNoPrefix(source, 'a CSV file');
    const { train, test, place } = tablesAt(expectFolder(source, 'a CSV file'));
    const images = await readDataFile(join(place, train), parseCsv);
    const { labels } = images;
    if (!labels)
      throw new UsageError(`${join(place, train)}: line 1: expected a column named label, found none`);
    const set = { ...images, labels };
    const tested: CsvImages | undefined =
      test === undefined ? undefined : await readDataFile(join(place, test), parseCsv);
    if (tested?.labels) return { train: set, test: { ...tested, labels: tested.labels } } satisfies ImageSets;
    const { test: part, seed } = source.pictures;
    if (test !== undefined)
      output.note(
        `${join(place, test)} has no labels, as of a competition: a part of ${train} is tested with instead`,
      );
    return splitTest(set, { part, seed });
  },
};

interface Tables {
  readonly place: string;
  readonly train: string;
  readonly test?: string | undefined;
}

function tablesAt(path: string): Tables {
  if (!statSync(path).isDirectory()) return { place: dirname(path), train: basename(path) };
  const names = readdirSync(path)
    .filter(name => isTable(name) && !name.startsWith('.'))
    .sort();
  const [train, ...more] = names.filter(name => /train/i.test(name));
  const [test, ...tests] = names.filter(name => /test/i.test(name));
  if (train !== undefined && more.length === 0 && tests.length === 0) return { place: path, train, test };
  if (names.length === 1) return { place: path, train: names[0]! };
  throw new UsageError(
    `${path}: expected one CSV file, or one with train and one with test in its name, found ${names.join(', ')}: name the file itself`,
  );
}
