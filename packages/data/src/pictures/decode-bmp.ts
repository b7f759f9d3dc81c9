import { DataError } from '../data-error';
import type { Picture } from './picture';

/** As of PNG. */
const maxPixels = 2 ** 24;

/** What follows the header of the file: the header of the picture, of which there have been several versions. */
const oldHeaderBytes = 12;
const [uncompressed, bitFields, alphaBitFields] = [0, 3, 6];
const compressions: Readonly<Record<number, string>> = { 1: 'RLE8', 2: 'RLE4', 4: 'JPEG', 5: 'PNG' };

/** Of five bits each in a pixel of 16, and of eight in one of 32, where the file says nothing else: red, green, blue. */
const usualMasks: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f],
  32: [0xff0000, 0x00ff00, 0x0000ff],
};

/**
 * Decodes a BMP of 1, 4, 8, 16, 24 or 32 bits a pixel, uncompressed, of any version. It is opaque unless the file says which bits are
 * the opacity.
 *
 * @throws {@link DataError} when it is damaged, compressed, or has more than 2^24 pixels; nothing is allocated before
 */
export function decodeBmp(file: Uint8Array): Picture {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const has = (bytes: number) => {
    if (file.length < bytes)
      throw new DataError(`a damaged BMP file (expected at least ${bytes} bytes, found ${file.length})`);
  };
  has(18);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  has(14 + headerBytes);
  const isOld = headerBytes === oldHeaderBytes;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  if (!(width > 0 && height > 0 && width * height <= maxPixels))
    throw new DataError(`expected a BMP of 1 to ${maxPixels} pixels, found ${width}x${height}`);
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? uncompressed : view.getUint32(30, true);
  const isMasked = compression === bitFields || compression === alphaBitFields;
  if (compression !== uncompressed && !isMasked)
    throw new DataError(
      `expected an uncompressed BMP file, found ${compressions[compression] ?? 'another compression'}: save it as PNG`,
    );
  if (![1, 4, 8, 16, 24, 32].includes(bits))
    throw new DataError(`a damaged BMP file (expected 1, 4, 8, 16, 24 or 32 bits a pixel, found ${bits})`);
  // From the bottom to the top, unless the height is negative; each row is filled up to four bytes.
  const rowBytes = 4 * Math.ceil((width * bits) / 32);
  has(start + height * rowBytes);

  const values = new Uint8Array(4 * width * height);
  const { colourAt, isTransparent } =
    bits <= 8 ? palette() : bits === 24 ? { colourAt: blueGreenRed, isTransparent: false } : masked();
  for (let y = 0; y < height; y++) {
    const row = start + (signedHeight < 0 ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++) colourAt(row, x, 4 * (y * width + x));
  }
  return { height, width, channels: 4, values, isTransparent };

  function palette() {
    const entryBytes = isOld ? 3 : 4;
    const used = isOld ? 0 : view.getUint32(46, true);
    const colours = used > 0 ? Math.min(used, 2 ** bits) : 2 ** bits;
    // Three masks may stand between header and palette.
    const first = 14 + headerBytes + (headerBytes === 40 && isMasked ? 12 : 0);
    has(first + colours * entryBytes);
    const colourAt = (row: number, x: number, to: number) => {
      const bit = x * bits;
      const index = (file[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      if (index >= colours)
        throw new DataError(`a damaged BMP file (expected one of ${colours} colours, found number ${index})`);
      blueGreenRedAt(first + index * entryBytes, to);
    };
    return { colourAt, isTransparent: false };
  }

  function blueGreenRed(row: number, x: number, to: number): void {
    blueGreenRedAt(row + 3 * x, to);
  }

  function blueGreenRedAt(at: number, to: number): void {
    values[to] = file[at + 2]!;
    values[to + 1] = file[at + 1]!;
    values[to + 2] = file[at]!;
    values[to + 3] = 255;
  }

  function masked() {
    // Behind a header of 40 bytes the masks are no part of it.
    const count = compression === alphaBitFields || headerBytes > 52 ? 4 : 3;
    if (isMasked) has(54 + 4 * count);
    const given = isMasked
      ? Array.from({ length: count }, (_, c) => view.getUint32(54 + 4 * c, true))
      : usualMasks[bits]!;
    const channels = given.map(channelOf);
    const isTransparent = given.length === 4 && given[3] !== 0;
    const colourAt = (row: number, x: number, to: number) => {
      const pixel = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
      for (let c = 0; c < 3; c++) values[to + c] = channels[c]!(pixel);
      values[to + 3] = isTransparent ? channels[3]!(pixel) : 255;
    };
    return { colourAt, isTransparent };
  }
}

/** The bits of a mask, from as many as there are to 0..255. */
function channelOf(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return pixel => Math.round((255 * ((pixel & mask) >>> shift)) / most);
}
