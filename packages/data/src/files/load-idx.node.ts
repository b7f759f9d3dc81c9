import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { fetchedFiles } from './fetched-files';
import { folderFiles } from './folder-files';
import { type DataSet, type LoadIdxOptions, loadIdxOptions, readIdxFiles } from './idx-files';

/**
 * Loads a data set of four IDX files from a folder or a url.
 *
 * @returns images as bytes [n, height, width], with labels [n]
 * @throws {@link DataError} when a file is missing, malformed or not what the options say, or when labels and images do not
 *   fit; {@link CapsnetError} `invalid-argument` unless there is either a folder or a url
 */
export async function loadIdx(options: LoadIdxOptions = {}): Promise<DataSet> {
  expectKnownOptions('loadIdx', options, loadIdxOptions);
  const { folder, url, prefix, ...checks } = options;
  if (folder !== undefined && url === undefined)
    return readIdxFiles(await folderFiles(folder, prefix), checks);
  if (url !== undefined && folder === undefined) return readIdxFiles(fetchedFiles(url, prefix), checks);
  const found = folder === undefined ? 'neither' : 'both';
  throw new CapsnetError('invalid-argument', `loadIdx: expected a folder or a url, found ${found}`);
}
