import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expectKnownOptions } from '@capsnet/checks';
import { DataError } from '../data-error';
import { decodePicture } from '../pictures/decode-picture.node';
import type { PictureFolder } from './find-pictures';
import { findPictures } from './find-pictures.node';
import {
  maxFileBytes,
  type PictureSets,
  type ReadPicturesOptions,
  readPicturesOptions,
  readWith,
} from './read-pictures';

export interface LoadPicturesOptions extends ReadPicturesOptions {
  /** One folder for each class, or two folders `train` and `test` that have these. */
  readonly folder: string;
}

/**
 * Loads a folder of pictures, one folder for each class: PNG, BMP, and with sharp installed beside this package JPEG, WebP, TIFF, GIF and
 * AVIF. A picture that cannot be read is left out and named in `skipped`.
 *
 * @returns images as bytes [n, height, width], or [n, height, width, 3] in colour, with labels [n] and the names of the classes
 * @throws {@link DataError} when the folder is missing or of another form, a class has no picture that can be read, or pictures of
 *   several sizes are to keep them; {@link CapsnetError} `invalid-argument` for an option, `unavailable` without sharp
 */
export async function loadPictures(options: LoadPicturesOptions): Promise<PictureSets> {
  expectKnownOptions('loadPictures', options, ['folder', ...readPicturesOptions]);
  const { folder, ...others } = options;
  return readPictures(findPictures(folder), others);
}

/** The second half of {@link loadPictures}: decodes what `findPictures` has found. */
export async function readPictures(
  found: PictureFolder,
  options: ReadPicturesOptions = {},
): Promise<PictureSets> {
  expectKnownOptions('readPictures', options, readPicturesOptions);
  const reader = {
    bytesOf: ({ path }: { readonly path: string }) => bytesOf(join(found.folder, path)),
    decode: decodePicture,
    digestOf: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64'),
  };
  return readWith(reader, found, options);
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    const state = await stat(path);
    // Opening a pipe would already wait for somebody who writes.
    if (!state.isFile()) throw new DataError('a device, a pipe or a folder');
    if (state.size > maxFileBytes)
      throw new DataError(`expected at most ${maxFileBytes} bytes, found ${state.size}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = {
      ENOENT: 'a link that leads nowhere',
      EACCES: 'permission denied',
      ELOOP: 'a link that leads to itself',
    };
    if (code === 'EMFILE' || code === 'ENFILE') throw cause;
    throw new DataError(problem[code as keyof typeof problem] ?? message, { cause });
  }
}
