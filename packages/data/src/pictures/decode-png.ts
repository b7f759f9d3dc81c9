import { inflateSync } from 'node:zlib';
import { DataError } from '../data-error';
import type { Picture } from './picture';

/** A picture of which a network is to see a few thousand pixels need not be larger. */
const maxFileBytes = 16 * 2 ** 20;
const maxPixels = 2 ** 24;

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The signature and the whole IHDR chunk: length, name, width, height, five bytes of kind, checksum. */
const headerBytes = 33;

/** As some programs leave them behind the pixels; more would be no mistake. */
const maxSurplus = 2 ** 16;

/**
 * Decodes a PNG of any depth, gray, palette or colour, interlaced or not, with or without transparency. It is checked before
 * anything is decoded: its size by the header, and that it holds the pixels that the header promises. What stands behind its
 * end, or behind its pixels, is passed over, as browsers do.
 *
 * @throws {@link DataError} when it is no PNG, is damaged, or has more than 16 MiB or 2^24 pixels
 */
export async function decodePng(file: Uint8Array): Promise<Picture> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length > maxFileBytes) {
    throw new DataError(`expected a PNG file of at most ${maxFileBytes} bytes, found ${bytes.length}`);
  }
  if (bytes.length < headerBytes || !bytes.subarray(0, 8).equals(signature)) {
    throw new DataError('expected a PNG file, found something else');
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height === 0 || width * height > maxPixels) {
    throw new DataError(`expected a PNG of 1 to ${maxPixels} pixels, found ${width}x${height}`);
  }
  const end = checkChunks(bytes, width, height);
  const { PNG } = await import('pngjs');
  const { data } = damagedIfItThrows(() => PNG.sync.read(bytes.subarray(0, end)));
  return { height, width, channels: 4, values: data, isTransparent: true };
}

/**
 * pngjs takes a second header and too few pixels without a word, inflates what is interlaced without a limit, and refuses bytes
 * behind the end.
 *
 * @returns where the last chunk ends
 * @throws {@link DataError} unless there is one header, and as much pixel data as it says
 */
function checkChunks(bytes: Buffer, width: number, height: number): number {
  const [depth, colourType, interlacing] = [bytes[24]!, bytes[25]!, bytes[28]!];
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType] ?? 0;
  const passes = interlacing === 0 ? [{ width, height }] : adam7(width, height);
  const expected = passes
    .filter(pass => pass.width > 0)
    .reduce((sum, pass) => sum + pass.height * (1 + Math.ceil((pass.width * samples * depth) / 8)), 0);
  const data: Buffer[] = [];
  let headers = 0;
  let end = bytes.length;
  // Each chunk: length, name, content, checksum.
  for (let at = 8; at + 12 <= end; at += 12 + bytes.readUInt32BE(at)) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IHDR') headers++;
    if (name === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
    if (name === 'IEND') end = Math.min(end, at + 12 + bytes.readUInt32BE(at));
  }
  if (headers !== 1) throw new DataError(`a damaged PNG file (${headers} headers)`);
  const found = damagedIfItThrows(() =>
    inflateSync(Buffer.concat(data), { maxOutputLength: expected + maxSurplus }),
  ).length;
  if (found < expected) {
    throw new DataError(`a damaged PNG file (expected ${expected} bytes of pixels, found ${found})`);
  }
  return end;
}

/** The seven pictures that an interlaced one consists of, each with pixels that the ones before left out. */
function adam7(width: number, height: number): { width: number; height: number }[] {
  const every = [
    { x: 0, y: 0, right: 8, down: 8 },
    { x: 4, y: 0, right: 8, down: 8 },
    { x: 0, y: 4, right: 4, down: 8 },
    { x: 2, y: 0, right: 4, down: 4 },
    { x: 0, y: 2, right: 2, down: 4 },
    { x: 1, y: 0, right: 2, down: 2 },
    { x: 0, y: 1, right: 1, down: 2 },
  ];
  return every.map(({ x, y, right, down }) => ({
    width: Math.ceil((width - x) / right),
    height: Math.ceil((height - y) / down),
  }));
}

function damagedIfItThrows<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new DataError(`a damaged PNG file (${(cause as Error).message})`, { cause });
  }
}
