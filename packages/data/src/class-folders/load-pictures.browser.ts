import { CapsnetError, expectKnownOptions, sha256, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import { decodeInBrowser } from '../pictures/images-from.browser';
import { arrangePictures } from './find-pictures';
import {
  maxFileBytes,
  type PictureSets,
  type ReadPicturesOptions,
  readPicturesOptions,
  readWith,
} from './read-pictures';

/** A file of a folder in a page. */
export interface FolderFile {
  /** With slashes, the names of the folders that it lies in first: `cat/1.png`, `train/cat/1.png`. */
  readonly path: string;
  readonly file: Blob;
}

export interface LoadPicturesOptions extends ReadPicturesOptions {
  /**
   * What lies in a folder that has one folder for each class, or two folders `train` and `test` that have these: the `files` of an
   * `<input type="file" webkitdirectory>`, or files with their paths, from an archive or from what was dropped.
   */
  readonly files: Iterable<File | FolderFile>;
}

/**
 * Loads a folder of pictures, one folder for each class, of all formats that the browser decodes. A picture that cannot be read is
 * left out and named in `skipped`.
 *
 * @returns images as bytes [n, height, width], or [n, height, width, 3] in colour, with labels [n] and the names of the classes
 * @throws {@link DataError} when the folder is of another form, a class has no picture that can be read, or pictures of several sizes
 *   are to keep them; {@link CapsnetError} `invalid-argument` for an option
 */
export async function loadPictures(options: LoadPicturesOptions): Promise<PictureSets> {
  expectKnownOptions('loadPictures', options, ['files', ...readPicturesOptions]);
  const { files, ...others } = options;
  const { folder, blobs } = below(files);
  const found = arrangePictures(folder, listingOf([...blobs.keys()]));
  const reader = {
    async bytesOf({ path }: { readonly path: string }) {
      const blob = blobs.get(path)!;
      if (blob.size > maxFileBytes)
        throw new DataError(`expected at most ${maxFileBytes} bytes, found ${blob.size}`);
      try {
        return new Uint8Array(await blob.arrayBuffer());
      } catch (cause) {
        // It has changed since it was chosen, or may not be read.
        throw new DataError((cause as Error).message, { cause });
      }
    },
    decode: decodeInBrowser,
    digestOf: sha256,
  };
  return readWith(reader, found, others);
}

/** The files by their paths below the folder, which a browser names first in all of them. */
function below(files: Iterable<File | FolderFile>): {
  readonly folder: string;
  readonly blobs: ReadonlyMap<string, Blob>;
} {
  const given = Array.from(files, one => {
    const path = 'path' in one ? one.path : (one as File).webkitRelativePath;
    const file = 'path' in one ? one.file : one;
    if (typeof path !== 'string' || path === '' || !(file instanceof Blob))
      throw new CapsnetError(
        'invalid-argument',
        `loadPictures: expected files of a folder, or { path, file }, found ${show(path)}`,
      );
    return { path: path.replace(/^\/+/, ''), file, isOfInput: !('path' in one) };
  });
  const folder = given[0]?.isOfInput ? given[0].path.split('/')[0]! : 'files';
  const blobs = given.map(
    ({ path, file, isOfInput }) => [isOfInput ? path.slice(path.indexOf('/') + 1) : path, file] as const,
  );
  return { folder, blobs: new Map(blobs) };
}

/** A tree of folders, of the paths of files alone. */
function listingOf(paths: readonly string[]) {
  const entries = new Map<string, { readonly folders: Set<string>; readonly files: Set<string> }>();
  const at = (folder: string) => {
    const known = entries.get(folder) ?? { folders: new Set(), files: new Set() };
    entries.set(folder, known);
    return known;
  };
  at('');
  for (const path of paths) {
    const names = path.split('/');
    for (const [depth, name] of names.entries()) {
      const { folders, files } = at(names.slice(0, depth).join('/'));
      (depth === names.length - 1 ? files : folders).add(name);
    }
  }
  return {
    entriesOf(path: string) {
      const { folders, files } = at(path);
      return { folders: [...folders], files: [...files] };
    },
    leadsBackTo: () => undefined,
    // Nothing is kept from one time to the next.
    stampOf: () => '',
  };
}
