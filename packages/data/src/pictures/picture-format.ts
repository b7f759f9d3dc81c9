import { DataError } from '../data-error';

/** What is decoded in Node; a browser may know more. */
export type PictureFormat = 'PNG' | 'BMP' | 'JPEG' | 'WebP' | 'TIFF' | 'GIF' | 'AVIF';

/** How files begin, in hexadecimal. */
const beginnings: Readonly<Record<PictureFormat, RegExp>> = {
  PNG: /^89504e470d0a1a0a/,
  BMP: /^424d.{24}(0c|28|34|38|40|6c|7c)000000/,
  JPEG: /^ffd8ff/,
  WebP: /^52494646.{8}57454250/,
  TIFF: /^(49492[ab]00|4d4d002[ab])/,
  GIF: /^474946383[79]61/,
  AVIF: /^.{8}66747970617669[67]/,
};

/** What people have besides, and is not decoded. */
const others: Readonly<Record<string, RegExp>> = {
  HEIC: /^.{8}66747970(686569|686576|6d696631|6d736631)/,
  SVG: /^(efbbbf)?(3c737667|3c3f786d6c)/,
  PDF: /^25504446/,
};

/**
 * The format of a picture file, by its first bytes and whatever its name says.
 *
 * @throws {@link DataError} for none of these, with what it is if that is known
 */
export function formatOf(file: Uint8Array): PictureFormat {
  const begin = Array.from(file.subarray(0, 20), byte => byte.toString(16).padStart(2, '0')).join('');
  for (const [format, beginning] of Object.entries(beginnings)) {
    if (beginning.test(begin)) return format as PictureFormat;
  }
  const [other] = Object.entries(others).find(([, beginning]) => beginning.test(begin)) ?? [];
  const found = other ?? (file.length === 0 ? 'an empty file' : 'something else');
  throw new DataError(
    `expected a PNG, BMP, JPEG, WebP, TIFF, GIF or AVIF file, found ${found}${other ? ': save it as PNG' : ''}`,
  );
}
