import { loadIdx } from '@capsnet/data/node';
import type { DataSet } from './data-set';
import { expectFolder } from './source';

/** A folder of the four files in the format of MNIST, such as Fashion-MNIST, KMNIST or EMNIST. */
export const idx: DataSet = {
  meaning: 'a folder of IDX files, the format of MNIST',
  isAt: ({ names }) => names.some(name => /[-.]idx[123]-(ubyte|int)(\.gz)?$/i.test(name)),
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source) {
    const folder = expectFolder(source, 'a folder of IDX files');
    return loadIdx({ folder, prefix: source.prefix ?? undefined });
  },
};
