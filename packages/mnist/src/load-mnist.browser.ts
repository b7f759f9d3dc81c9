import { fetchedFiles } from './fetched-files';
import { type Mnist, type MnistOptions, readMnist } from './mnist';

/**
 * Fetches MNIST, or a data set like it, from a url.
 *
 * @returns images as bytes [n, height, width] ([60000, 28, 28] and [10000, 28, 28] for MNIST) and labels [n]
 * @throws DataError when a file is missing, malformed or not what the options say, or when labels and images do not fit
 */
export async function loadMnist({ folder, url, prefix, ...checks }: MnistOptions = {}): Promise<Mnist> {
  if (folder !== undefined)
    throw new TypeError('loadMnist: a browser reads no folder, name a url: loadMnist({ url })');
  if (url === undefined)
    throw new TypeError('loadMnist: a browser has no default files, name a url: loadMnist({ url })');
  return readMnist(fetchedFiles(url, prefix), checks);
}
