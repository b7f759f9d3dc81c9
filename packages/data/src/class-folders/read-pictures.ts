import { CapsnetError, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import type { DataSet } from '../files/idx-files';
import { withChannels } from '../pictures/channels';
import { fitted } from '../pictures/images-from';
import type { Picture } from '../pictures/picture';
import type { Fit } from '../pictures/resize';
import type { ImageSet } from '../sets/image-set';
import type { PictureFile, PictureFolder } from './find-pictures';
import { firstFew } from './first-few';
import { partition } from './partition';

export interface ReadPicturesOptions {
  /**
   * The height and width in pixels that every picture gets. By default their own, which has to be the same for all.
   */
  readonly size?: readonly [height: number, width: number] | undefined;
  /**
   * How a picture of another size is fitted into it: `contain` keeps all of it, with black or white at the sides, `cover` fills it
   * with the middle, `exact` is an error that names the picture. Default `contain`.
   */
  readonly fit?: Fit | 'exact' | undefined;
  /** 1 is gray, 3 is red, green and blue. Default: 3 if any picture has colours, else 1. */
  readonly channels?: 1 | 3 | undefined;
  /** The part of each class that becomes the test set, where there are no folders `train` and `test`; 0 to 1. Default 0.2. */
  readonly test?: number | undefined;
  /** Of the draw of these. An integer from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number | undefined;
  /** Told now and then how many of the pictures have been read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Pictures as sets to train on and to test with. */
export interface PictureSets extends DataSet {
  /** What a person should know, each a sentence without its full stop. */
  readonly notes: readonly string[];
  /** The pictures that could not be read, and are left out. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** What a platform does with a file. */
export interface PictureReader {
  /** @throws {@link DataError} with the reason why this one cannot be read */
  bytesOf(file: PictureFile): Promise<Uint8Array>;
  /** A picture far larger than `wanted` may be decoded at a smaller size. */
  decode(bytes: Uint8Array, wanted?: { readonly height: number; readonly width: number }): Promise<Picture>;
  /** Copies have the same. */
  digestOf(bytes: Uint8Array): string | Promise<string>;
}

/** The names of {@link ReadPicturesOptions}. */
export const readPicturesOptions = [
  'size',
  'fit',
  'channels',
  'test',
  'seed',
  'onProgress',
] as const satisfies readonly (keyof ReadPicturesOptions)[];

/** Larger pictures are no input of a capsule network. */
const largestOwnSize = 256;
/** What one array can hold in every version of Node. */
const mostBytes = 2 ** 32 - 1;
/** A picture file that is larger is refused before it is read. */
export const maxFileBytes = 2 ** 26;
/** Pictures that are decoded at a time. */
const atOnce = 8;

/** Decodes what was found. */
export async function readWith(
  reader: PictureReader,
  found: PictureFolder,
  options: ReadPicturesOptions,
): Promise<PictureSets> {
  const { size, fit = 'contain', channels, test = 0.2, seed = 1, onProgress } = options;
  expectOptions(options);
  const { folder, files, classes } = found;
  const read: ReadPicture[] = [];
  const skipped: { file: string; reason: string }[] = [];
  let expected = size && { size, of: 'the size that was asked for' };
  if (size) expectRoom(folder, files.length, size, channels ?? 1);
  for (let start = 0; start < files.length; start += atOnce) {
    const chunk = files.slice(start, start + atOnce);
    const results = await Promise.all(chunk.map(file => readOne(reader, folder, file, options)));
    for (const [index, result] of results.entries()) {
      const file = chunk[index]!;
      if (typeof result === 'string') {
        skipped.push({ file: file.path, reason: result });
        continue;
      }
      expected ??= { size: ownSize(folder, file, result), of: `as of ${folder}/${file.path}` };
      const [height, width] = expected.size;
      if (result.height !== height || result.width !== width) {
        throw new DataError(
          `${folder}/${file.path}: expected ${width}x${height} pixels, ${expected.of}, found ${result.width}x${result.height}: ` +
            (fit === 'exact' && size
              ? 'contain or cover would fit it'
              : 'choose a size that all are resized to, such as 28'),
        );
      }
      read.push({ ...result, file });
    }
    onProgress?.(Math.min(start + atOnce, files.length), files.length);
  }
  expectEveryClass(found, read, skipped);

  const depth = channels ?? (read.some(picture => picture.channels === 3) ? 3 : 1);
  const [height, width] = expected!.size;
  expectRoom(folder, read.length, [height, width], depth);
  const { train, test: tested, notes } = partition(read, { classes, test, seed });
  const setOf = (pictures: readonly ReadPicture[]): ImageSet => ({
    data: joined(pictures, height * width, depth),
    shape: depth === 1 ? [pictures.length, height, width] : [pictures.length, height, width, depth],
    labels: labelsOf(pictures, classes.length),
    classes,
  });
  const unread =
    skipped.length === 0
      ? []
      : [
          `${skipped.length} of ${files.length} pictures cannot be read and ${skipped.length === 1 ? 'is' : 'are'} left out: ` +
            firstFew(skipped.map(({ file, reason }) => `${file} (${reason})`)),
        ];
  return { train: setOf(train), test: setOf(tested), notes: [...found.notes, ...unread, ...notes], skipped };
}

/** A picture as it goes into the set, before all have the same channels. */
export interface ReadPicture {
  readonly file: PictureFile;
  readonly height: number;
  readonly width: number;
  /** 1 if it is gray. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
  /** Of the file: copies have the same. */
  readonly digest: string;
}

/** The picture, or the reason why it cannot be read. */
async function readOne(
  reader: PictureReader,
  folder: string,
  file: PictureFile,
  { size, fit, channels }: ReadPicturesOptions,
): Promise<Omit<ReadPicture, 'file'> | string> {
  try {
    const bytes = await reader.bytesOf(file);
    const to = size && fit !== 'exact' ? { height: size[0], width: size[1] } : undefined;
    const picture = await reader.decode(bytes, to);
    const depth = channels ?? 3;
    const values = withChannels(picture, depth, 0);
    const own = { height: picture.height, width: picture.width, channels: depth };
    const image = to && fit !== 'exact' ? fitted(values, own, to, fit ?? 'contain') : values;
    const pixels = Uint8Array.from(image, value => Math.round(255 * value));
    const isGray = depth === 1 || (channels === undefined && hasNoColour(pixels));
    return {
      ...(to ?? own),
      channels: isGray ? 1 : 3,
      pixels: isGray && depth === 3 ? pixels.filter((_, at) => at % 3 === 0) : pixels,
      digest: await reader.digestOf(bytes),
    };
  } catch (error) {
    if (error instanceof DataError) return error.message;
    // Without its decoder no other picture can be read either.
    if (error instanceof CapsnetError)
      throw new CapsnetError(error.code, `${folder}/${file.path}: ${error.message}`, { cause: error });
    throw error;
  }
}

function hasNoColour(pixels: Uint8Array): boolean {
  for (let at = 0; at < pixels.length; at += 3) {
    if (pixels[at] !== pixels[at + 1] || pixels[at] !== pixels[at + 2]) return false;
  }
  return true;
}

function ownSize(folder: string, { path }: PictureFile, { height, width }: ReadSize): [number, number] {
  if (Math.max(height, width) > largestOwnSize) {
    throw new DataError(
      `${folder}/${path}: expected at most ${largestOwnSize}x${largestOwnSize} pixels, found ${width}x${height}: ` +
        'choose a size that all are resized to, such as 28',
    );
  }
  return [height, width];
}

interface ReadSize {
  readonly height: number;
  readonly width: number;
}

function expectEveryClass(
  { folder, classes, files }: PictureFolder,
  read: readonly ReadPicture[],
  skipped: PictureSets['skipped'],
): void {
  const seen = new Set(read.filter(({ file }) => file.part !== 'test').map(({ file }) => file.label));
  const without = classes.findIndex((_, label) => !seen.has(label));
  if (without < 0) return;
  const own = new Set(
    files.filter(({ label, part }) => label === without && part !== 'test').map(({ path }) => path),
  );
  const { file, reason } = skipped.find(({ file }) => own.has(file))!;
  throw new DataError(
    `${folder}: expected a picture of the class ${classes[without]} that can be read, found none of ${own.size}: ${file}: ${reason}`,
  );
}

function expectRoom(
  folder: string,
  count: number,
  [height, width]: readonly [number, number],
  channels: number,
): void {
  const bytes = count * height * width * channels;
  if (bytes <= mostBytes) return;
  throw new DataError(
    `${folder}: expected at most ${mostBytes} bytes of pixels, found ${count} pictures of ${width}x${height} pixels: choose a smaller size`,
  );
}

function joined(pictures: readonly ReadPicture[], area: number, depth: 1 | 3): Uint8Array {
  const data = new Uint8Array(pictures.length * area * depth);
  for (const [index, { pixels, channels }] of pictures.entries()) {
    const start = index * area * depth;
    if (channels === depth) data.set(pixels, start);
    // Only a gray one among others in colour is of another depth.
    else for (let i = 0; i < area; i++) data.fill(pixels[i]!, start + 3 * i, start + 3 * i + 3);
  }
  return data;
}

function labelsOf(pictures: readonly ReadPicture[], classes: number): ImageSet['labels'] {
  const labels = pictures.map(({ file }) => file.label);
  return classes <= 256 ? Uint8Array.from(labels) : Uint16Array.from(labels);
}

function expectOptions({ size, fit = 'contain', channels, test = 0.2 }: ReadPicturesOptions): void {
  const problem =
    size !== undefined &&
    !(Array.isArray(size) && size.length === 2 && size.every(side => Number.isInteger(side) && side > 0))
      ? `size to be [height, width] in pixels, found ${show(size)}`
      : !['contain', 'cover', 'exact'].includes(fit)
        ? `fit to be "contain", "cover" or "exact", found ${show(fit)}`
        : channels !== undefined && channels !== 1 && channels !== 3
          ? `channels to be 1 or 3, found ${show(channels)}`
          : !(test > 0 && test < 1)
            ? `test to be between 0 and 1, found ${show(test)}`
            : undefined;
  if (problem) throw new CapsnetError('invalid-argument', `loadPictures: expected ${problem}`);
}
