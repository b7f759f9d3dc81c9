import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { fetchedFiles } from './fetched-files';
import { type DataSet, type LoadIdxOptions, loadIdxOptions, readIdxFiles } from './idx-files';

/**
 * Fetches a data set of four IDX files from a url.
 *
 * @returns images as bytes [n, height, width], with labels [n]
 * @throws {@link DataError} when a file is missing, malformed or not what the options say, or when labels and images do not
 *   fit; {@link CapsnetError} `invalid-argument` without a url, or with a folder
 */
export async function loadIdx(options: LoadIdxOptions = {}): Promise<DataSet> {
  expectKnownOptions('loadIdx', options, loadIdxOptions);
  const { folder, url, prefix, ...checks } = options;
  if (url === undefined || folder !== undefined) {
    const found = folder === undefined ? 'none' : 'a folder, which a browser cannot read';
    throw new CapsnetError('invalid-argument', `loadIdx: expected a url, found ${found}`);
  }
  return readIdxFiles(fetchedFiles(url, prefix), checks);
}
