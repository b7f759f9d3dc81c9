import { open } from 'node:fs/promises';
import { PNG } from 'pngjs';
import { type Image, type ImageSize, sizeText } from './image';
import { blamingInput } from './user-error';

/** A picture of the size of a network's input is far smaller; a larger file is refused before it is read. */
const maxFileBytes = 16 * 2 ** 20;

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The signature, then the length and the name of the IHDR chunk, then width and height. */
const headerBytes = 24;

/**
 * Reads a PNG of 8 or 16 bits, gray, palette or colour, with or without transparency, as an image of the expected size.
 * Colours become gray (luma of BT.601) when the network sees one channel. What is transparent shows the paper, which is
 * black, as behind the digits of MNIST, and white with `invert`.
 *
 * @param invert for dark ink on white paper
 * @throws UserError when the file is missing, is not a PNG, is damaged, or has another size; nothing has been decoded then
 */
export async function readPng(file: string, expected: ImageSize, { invert = false } = {}): Promise<Image> {
  return blamingInput(file, async () => {
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
    return toImage(decode(bytes), expected, invert);
  });
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
