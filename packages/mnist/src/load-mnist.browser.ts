import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { loadIdx } from '@capsnet/data/browser';
import { type Mnist, type MnistOptions, mnistOptions } from './mnist';

/**
 * Fetches MNIST, or a data set like it, from a url.
 *
 * @returns images as bytes [n, height, width] ([60000, 28, 28] and [10000, 28, 28] for MNIST) and labels [n]
 * @throws {@link DataError} when a file is missing, malformed or not what the options say, or when labels and images do not
 *   fit; {@link CapsnetError} `invalid-argument` without a url, or with a folder
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  expectKnownOptions('loadMnist', options, mnistOptions);
  if (options.folder === undefined && options.url === undefined) {
    throw new CapsnetError(
      'invalid-argument',
      'loadMnist: a browser has no default files, name a url: loadMnist({ url })',
    );
  }
  return loadIdx(options);
}
