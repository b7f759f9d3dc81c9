import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAffnist } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

/** affNIST: digits in the middle of 40x40 pixels to train on, and moved, turned, stretched and slanted to test with. */
export const affnist: DataSet = {
  meaning: 'a folder of affNIST, training_and_validation.mat and test.mat',
  isAt: ({ names }) => names.includes('test.mat') && trainingFile(names) !== undefined,
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source) {
    expectNoPrefix(source, 'affNIST');
    const folder = expectFolder(source, 'a folder of affNIST');
    const names = readdirSync(folder).sort();
    const train = trainingFile(names);
    if (train === undefined || !names.includes('test.mat')) {
      throw new UsageError(
        `${folder}: expected training_and_validation.mat and test.mat, found ${names.join(', ')}`,
      );
    }
    const setOf = (file: string) => readDataFile(join(folder, file), parseAffnist);
    return { train: await setOf(train), test: await setOf('test.mat') };
  },
};

function trainingFile(names: readonly string[]): string | undefined {
  return ['training_and_validation.mat', 'training.mat'].find(name => names.includes(name));
}
