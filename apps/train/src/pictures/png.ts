import { open } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { withContext } from '../terminal/errors';
import { type Image, type ImageSize, sizeText } from './image';

/** A picture of the size of a network's input is far smaller; a larger file is refused before it is read. */
const maxFileBytes = 16 * 2 ** 20;

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The signature and the whole IHDR chunk: length, name, width, height, five bytes of kind, checksum. */
const headerBytes = 33;

/**
 * Reads a PNG of 8 or 16 bits, gray, palette or colour, with or without transparency, as an image of the expected size.
 * Colours become gray (luma of BT.601) when the network sees one channel. What is transparent shows the paper, which is
 * black, as behind the digits of MNIST, and white with `invert`.
 *
 * @param invert for dark ink on white paper
 * @throws UsageError when the file is missing, is not a PNG, is damaged, or has another size; nothing has been decoded then
 */
export async function readPng(file: string, expected: ImageSize, { invert = false } = {}): Promise<Image> {
  return withContext(file, async () => {
    const bytes = await readLimited(file);
    if (bytes.length < headerBytes || !bytes.subarray(0, 8).equals(signature))
      throw new Error('not a PNG file');
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    if (width !== expected.width || height !== expected.height) {
      throw new Error(
        `expected an image of ${expected.width}x${expected.height} pixels, found ${width}x${height}: ` +
          'resize it first',
      );
    }
    if (expected.channels !== 1 && expected.channels !== 3) {
      throw new Error(`the network sees ${sizeText(expected)}, which no PNG can hold`);
    }
    checkPixelData(bytes, expected);
    return toImage(decode(bytes), expected, invert);
  });
}

/**
 * pngjs takes a second header and too few pixels without a word, and inflates what is interlaced without a limit.
 *
 * @throws unless there is one header, and exactly as much pixel data as it says
 */
function checkPixelData(bytes: Buffer, { width, height }: ImageSize): void {
  const [depth, colourType, interlacing] = [bytes[24]!, bytes[25]!, bytes[28]!];
  if (interlacing !== 0) throw new Error('expected a PNG without interlacing: save it without');
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
  if (headers !== 1) throw new Error(`a damaged PNG file (${headers} headers)`);
  let found: number;
  try {
    found = inflateSync(Buffer.concat(data), { maxOutputLength: expected + 1 }).length;
  } catch (cause) {
    throw new Error(`a damaged PNG file (${(cause as Error).message})`, { cause });
  }
  if (found !== expected) {
    throw new Error(`a damaged PNG file (expected ${expected} bytes of pixels, found ${found})`);
  }
}

function decode(bytes: Buffer): PNG {
  try {
    return PNG.sync.read(bytes);
  } catch (cause) {
    throw new Error(`a damaged PNG file (${(cause as Error).message})`, { cause });
  }
}

function toImage({ data }: PNG, { height, width, channels }: ImageSize, invert: boolean): Image {
  const paper = invert ? 255 : 0;
  const pixels = new Float32Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const alpha = data[4 * i + 3]! / 255;
    const [red, green, blue] = [0, 1, 2].map(channel => {
      const seen = alpha * data[4 * i + channel]! + (1 - alpha) * paper;
      return (invert ? 255 - seen : seen) / 255;
    }) as [number, number, number];
    if (channels === 3) pixels.set([red, green, blue], 3 * i);
    else pixels[i] = red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { height, width, channels, pixels };
}

async function readLimited(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > maxFileBytes) throw new Error(`expected at most ${maxFileBytes} bytes, found ${size}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Whether the edge of the image is bright, which the paper of a digit is not: most likely dark ink on white. */
export function hasBrightBorder({ height, width, channels, pixels }: Image): boolean {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue;
      for (let channel = 0; channel < channels; channel++, count++) {
        sum += pixels[(row * width + column) * channels + channel]!;
      }
    }
  }
  return sum / count > 0.5;
}
