import { loadIdx } from '@capsnet/data/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';

/** A folder of the four files in the format of MNIST, such as Fashion-MNIST, KMNIST or EMNIST. */
export const idx: DataSet = {
  meaning: 'a folder of IDX files, the format of MNIST',
  describe: ({ folder }) => folder ?? 'no folder',
  async load({ folder, prefix }) {
    if (folder === null) throw new UsageError('data.folder: expected a folder of IDX files, found null');
    return loadIdx({ folder, prefix: prefix ?? undefined });
  },
};
