import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageSet, parseCifar } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

const ten = /^(data|test)_batch(_\d)?\.bin$/;
const hundred = ['train.bin', 'test.bin', 'fine_label_names.txt'];

/** CIFAR-10 and CIFAR-100 in their binary version. */
export const cifar: DataSet = {
  meaning: 'a folder of CIFAR-10 or CIFAR-100, binary version',
  isAt: ({ names }) => names.some(name => ten.test(name)) || hundred.every(name => names.includes(name)),
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source) {
    expectNoPrefix(source, 'CIFAR');
    const folder = expectFolder(source, 'a folder of CIFAR');
    const names = readdirSync(folder);
    const is100 = hundred.every(name => names.includes(name));
    const [train, test] = is100
      ? [['train.bin'], ['test.bin']]
      : ['data_batch', 'test_batch'].map(begin =>
          names.filter(name => ten.test(name) && name.startsWith(begin)).sort(),
        );
    for (const [files, wanted] of [
      [train, 'data_batch_1.bin'],
      [test, 'test_batch.bin'],
    ] as const) {
      if (files!.length === 0)
        throw new UsageError(`${folder}: expected ${wanted}, found ${names.join(', ')}`);
    }
    const classes = namesIn(folder, is100 ? 'fine_label_names.txt' : 'batches.meta.txt');
    const read = async (files: readonly string[]) => {
      const sets: ImageSet[] = [];
      for (const file of files)
        sets.push(await readDataFile(join(folder, file), bytes => parseCifar(bytes, is100 ? 2 : 1)));
      return { ...joined(sets), ...(classes && { classes }) };
    };
    return { train: await read(train!), test: await read(test!) };
  },
};

function namesIn(folder: string, file: string): string[] | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .map(name => name.trim())
      .filter(name => name !== '');
  } catch {
    // Then classes are numbers.
    return undefined;
  }
}

function joined(sets: readonly ImageSet[]): ImageSet {
  const count = sets.reduce((sum, { labels }) => sum + labels.length, 0);
  const data = new Uint8Array(sets.reduce((sum, { data }) => sum + data.length, 0));
  const labels = new Uint8Array(count);
  let [at, image] = [0, 0];
  for (const set of sets) {
    data.set(set.data, at);
    labels.set(set.labels, image);
    at += set.data.length;
    image += set.labels.length;
  }
  return { data, shape: [count, ...sets[0]!.shape.slice(1)], labels };
}
