import { inflateSync } from 'node:zlib';
import { DataError } from '../data-error';
import type { Picture } from './picture';

/** A picture of which a network is to see a few thousand pixels need not be larger. */
const maxFileBytes = 16 * 2 ** 20;
const maxPixels = 2 ** 24;

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The signature and the whole IHDR chunk: length, name, width, height, five bytes of kind, checksum. */
const headerBytes = 33;

/**
 * Decodes a PNG of 8 or 16 bits, gray, palette or colour, with or without transparency. It is checked before anything is
 * decoded: its size by the header, and that it holds exactly the pixels that the header promises.
 *
 * @throws {@link DataError} when it is no PNG, is damaged or interlaced, or has more than 16 MiB or 2^24 pixels
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
  checkPixelData(bytes, width, height);
  const { PNG } = await import('pngjs');
  const { data } = damagedIfItThrows(() => PNG.sync.read(bytes));
  return { height, width, channels: 4, values: data, isTransparent: true };
}

/**
 * pngjs takes a second header and too few pixels without a word, and inflates what is interlaced without a limit.
 *
 * @throws {@link DataError} unless there is one header, and exactly as much pixel data as it says
 */
function checkPixelData(bytes: Buffer, width: number, height: number): void {
  const [depth, colourType, interlacing] = [bytes[24]!, bytes[25]!, bytes[28]!];
  if (interlacing !== 0) throw new DataError('expected a PNG without interlacing: save it without');
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType] ?? 0;
  const expected = height * (1 + Math.ceil((width * samples * depth) / 8));
  const data: Buffer[] = [];
  let headers = 0;
  // Each chunk: length, name, content, checksum.
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IHDR') headers++;
    if (name === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  if (headers !== 1) throw new DataError(`a damaged PNG file (${headers} headers)`);
  const found = damagedIfItThrows(() =>
    inflateSync(Buffer.concat(data), { maxOutputLength: expected + 1 }),
  ).length;
  if (found !== expected) {
    throw new DataError(`a damaged PNG file (expected ${expected} bytes of pixels, found ${found})`);
  }
}

function damagedIfItThrows<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new DataError(`a damaged PNG file (${(cause as Error).message})`, { cause });
  }
}
