import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { DataError } from '../data-error';
import { arrangePictures, type PictureFolder } from './find-pictures';

/**
 * Finds the pictures of a folder that has one folder for each class, or of one that has two such folders, `train` and `test`. What lies
 * deeper in the folder of a class belongs to it too. Hidden files and folders are passed over; links are followed.
 *
 * @throws {@link DataError} when there is no such folder, a class has no picture to train on, or a class is known to the test alone
 */
export function findPictures(folder: string): PictureFolder {
  return arrangePictures(folder, {
    entriesOf: path => entriesOf(join(folder, path)),
    leadsBackTo(path) {
      const real = realpathSync(join(folder, path));
      for (let above = dirname(path); above !== '.'; above = dirname(above)) {
        if (contains(real, realpathSync(join(folder, above)))) return real;
      }
      return undefined;
    },
    stampOf: path => stampOf(join(folder, path)),
  });
}

function contains(outer: string, inner: string): boolean {
  const path = relative(outer, inner);
  return !/^\.\.([\\/]|$)/.test(path) && !isAbsolute(path);
}

/** A link that leads nowhere is a file that cannot be read. */
function entriesOf(folder: string): { readonly folders: string[]; readonly files: string[] } {
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of read(folder)) {
    const isFolder = entry.isSymbolicLink()
      ? (statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false)
      : entry.isDirectory();
    (isFolder ? folders : files).push(entry.name);
  }
  return { folders, files };
}

function read(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'nothing' : code === 'ENOTDIR' ? 'a file' : message;
    throw new DataError(`${folder}: expected a folder of pictures, found ${problem}`, { cause });
  }
}

function stampOf(file: string): string {
  const state = statSync(file, { throwIfNoEntry: false });
  return state ? `${state.size} ${state.mtimeMs} ${state.ctimeMs}` : 'none';
}
