import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseUsps } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

/** Digits of postal codes, as the book "The Elements of Statistical Learning" has them. */
export const usps: DataSet = {
  meaning: 'a folder of USPS, zip.train and zip.test',
  isAt: ({ names }) => names.some(name => /^zip\.train(\.gz)?$/.test(name)),
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source) {
    expectNoPrefix(source, 'USPS');
    const folder = expectFolder(source, 'a folder of USPS');
    const names = readdirSync(folder).sort();
    const setOf = (part: string) => {
      const file = names.find(name => name === `zip.${part}` || name === `zip.${part}.gz`);
      if (file === undefined)
        throw new UsageError(`${folder}: expected zip.${part} (raw or .gz), found ${names.join(', ')}`);
      return readDataFile(join(folder, file), parseUsps);
    };
    return { train: await setOf('train'), test: await setOf('test') };
  },
};
