import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseNorb } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

/** smallNORB: pairs of pictures of toys, 24,300 to train on and as many, of other toys, to test with. */
export const norb: DataSet = {
  meaning: 'a folder of smallNORB, matrices as they come',
  isAt: ({ names }) => names.some(name => /-dat\.mat(\.gz)?$/.test(name)),
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source) {
    expectNoPrefix(source, 'smallNORB');
    const folder = expectFolder(source, 'a folder of smallNORB');
    const names = readdirSync(folder).sort();
    const fileOf = (part: string, content: string) => {
      const file = names.find(name => new RegExp(`${part}.*-${content}\\.mat(\\.gz)?$`).test(name));
      if (file === undefined) {
        throw new UsageError(
          `${folder}: expected a file ...${part}...-${content}.mat, found ${names.join(', ')}`,
        );
      }
      return join(folder, file);
    };
    const setOf = async (part: string) => {
      const labels = await readDataFile(fileOf(part, 'cat'), bytes => bytes);
      return readDataFile(fileOf(part, 'dat'), bytes => parseNorb(bytes, labels));
    };
    return { train: await setOf('training'), test: await setOf('testing') };
  },
};
