import { findPictures, readPictures } from '@capsnet/data/node';
import type { Console } from '../terminal/console';
import { UsageError } from '../terminal/errors';
import type { DataSet, PictureOptions } from './data-set';
import { keepPictures, keptPictures } from './picture-cache';
import { expectFolder, expectNoPrefix } from './source';

/** A folder of pictures, one folder a class. */
export const pictures: DataSet = {
  meaning: 'a folder of pictures, one folder for each class, or train and test that have these',
  // Or a person means them, and hears what is wrong with them.
  isAt: ({ names, folders }) =>
    folders.length > 0 || names.some(name => /\.(png|jpe?g|webp|tiff?|gif|avif|bmp|hei[cf])$/i.test(name)),
  describe: ({ folder }) => folder ?? 'no folder',
  async load(source, output) {
    expectNoPrefix(source, 'a folder of pictures');
    const folder = expectFolder(source, 'a folder of pictures');
    const options = source.pictures;
    const found = findPictures(folder);
    const kept = await keptPictures(found, options);
    const sets = kept ?? (await readPictures(found, { ...settings(options), onProgress: told(output) }));
    for (const note of sets.notes) output.note(`${folder}: ${note}`);
    if (!kept) await keepPictures(found, options, sets, output);
    return { train: sets.train, test: sets.test };
  },
};

function settings({ height, width, fit, channels, test, seed }: PictureOptions) {
  if ((height === null) !== (width === null)) {
    throw new UsageError(
      `data.pictures: expected height and width, found ${height === null ? 'width' : 'height'} alone`,
    );
  }
  const size = height === null || width === null ? undefined : ([height, width] as const);
  return { size, fit, channels: channels ?? undefined, test, seed };
}

/** A line after every tenth of a long reading. */
function told(output: Console): (done: number, total: number) => void {
  let tenths = 0;
  return (done, total) => {
    const now = Math.floor((10 * done) / total);
    if (total < 2000 || now === tenths) return;
    tenths = now;
    output.warn(`read ${done.toLocaleString('en')} of ${total.toLocaleString('en')} pictures`);
  };
}
