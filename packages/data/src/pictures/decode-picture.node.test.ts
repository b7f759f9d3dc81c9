import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodePicture } from './decode-picture.node';
import { imagesFrom } from './images-from.node';

/** 16x8 pixels: the left half red, the right half blue, and a green row on top. */
const [width, height] = [16, 8];
const colourAt = (x: number, y: number) => (y < 2 ? [0, 200, 0] : x < 8 ? [200, 0, 0] : [0, 0, 200]);
const rgb = Buffer.from(
  Array.from({ length: width * height }, (_, at) => colourAt(at % width, Math.floor(at / width))).flat(),
);
const drawing = () => sharp(rgb, { raw: { width, height, channels: 3 } });

function pixel({ values, width }: { values: ArrayLike<number>; width: number }, x: number, y: number) {
  return Array.from({ length: 3 }, (_, c) => values[4 * (y * width + x) + c]!);
}

const near = (colour: readonly number[]) =>
  colour.map(value => expect.toSatisfy((found: number) => Math.abs(found - value) <= 60, `near ${value}`));

describe('a picture file', () => {
  test.each(['png', 'webp', 'tiff', 'gif', 'avif', 'jpeg'] as const)('may be %s', async format => {
    const bytes = await drawing().toFormat(format, { quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const picture = await decodePicture(bytes);
    expect(picture).toMatchObject({ width, height, channels: 4 });
    expect(pixel(picture, 2, 5)).toEqual(near([200, 0, 0]));
    expect(pixel(picture, 13, 5)).toEqual(near([0, 0, 200]));
    expect(pixel(picture, 5, 0)).toEqual(near([0, 200, 0]));
  });

  test.each(['b-w', 'cmyk'] as const)('may be a JPEG in %s', async space => {
    const bytes = await drawing().toColourspace(space).jpeg({ quality: 100 }).toBuffer();
    const picture = await decodePicture(bytes);
    expect(picture.values).toHaveLength(4 * width * height);
    const [red, green, blue] = pixel(picture, 13, 6);
    if (space === 'b-w') expect([green, blue]).toEqual([red, red]);
    else expect(blue).toBeGreaterThan(red! + 50);
  });

  test('may be a TIFF of 16 bits', async () => {
    const { values } = await decodePicture(tiff16(Uint16Array.of(0, 257 * 100, 65535, 257 * 7)));
    expect(values).toBeInstanceOf(Uint8Array);
    expect([0, 1, 2, 3].map(at => values[4 * at])).toEqual([0, 100, 255, 7]);
  });

  // Where the green row is, by the definition of EXIF: 1 top, 3 bottom, 6 stored lying on its left, 8 on its right.
  test.each([
    { orientation: 1, size: [16, 8], green: [5, 0], red: [2, 5] },
    { orientation: 2, size: [16, 8], green: [5, 0], red: [13, 5] },
    { orientation: 3, size: [16, 8], green: [5, 7], red: [13, 2] },
    { orientation: 4, size: [16, 8], green: [5, 7], red: [2, 2] },
    { orientation: 5, size: [8, 16], green: [0, 5], red: [5, 2] },
    { orientation: 6, size: [8, 16], green: [7, 5], red: [2, 2] },
    { orientation: 7, size: [8, 16], green: [7, 5], red: [2, 13] },
    { orientation: 8, size: [8, 16], green: [0, 5], red: [5, 13] },
  ] as const)(
    'is turned upright from orientation $orientation',
    async ({ orientation, size, green, red }) => {
      const bytes = await drawing()
        .withMetadata({ orientation })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      const picture = await decodePicture(bytes);
      expect([picture.width, picture.height]).toEqual(size);
      expect(pixel(picture, green[0], green[1])).toEqual(near([0, 200, 0]));
      expect(pixel(picture, red[0], red[1])).toEqual(near([200, 0, 0]));
    },
  );

  test('far larger than is wanted is made smaller while it is decoded, and looks the same', async () => {
    const large = await drawing().resize(640, 320, { kernel: 'nearest' }).jpeg({ quality: 100 }).toBuffer();
    const picture = await decodePicture(large, { height: 8, width: 16 });
    expect(picture).toMatchObject({ width: 32, height: 16 });
    const small = await imagesFrom(large, { height: 8, width: 16, channels: 3 });
    const expected = await imagesFrom(await drawing().png().toBuffer(), {
      height: 8,
      width: 16,
      channels: 3,
    });
    // But for edges between two colours, which are a little blurred.
    const far = small.data.filter((value, at) => Math.abs(value - expected.data[at]!) > 0.25).length;
    expect(far).toBeLessThan(0.05 * small.data.length);
  });

  test('is known by its first bytes', async () => {
    const heic = Buffer.from('0000001c66747970686569630000000068656963', 'hex');
    await expect(decodePicture(heic)).rejects.toThrow('found HEIC: save it as PNG');
    await expect(decodePicture(Buffer.from('<svg xmlns="..."/>'))).rejects.toThrow('found SVG');
    await expect(decodePicture(Buffer.from('<!doctype html>'))).rejects.toThrow('found something else');
  });

  test('that is cut off, or damaged, is refused', async () => {
    const jpeg = await drawing().resize(200, 100).jpeg().toBuffer();
    for (const bytes of [jpeg.subarray(0, 100), jpeg.subarray(0, jpeg.length - 200)]) {
      await expect(decodePicture(bytes)).rejects.toThrow(
        expect.objectContaining({
          code: 'invalid-data',
          message: expect.stringMatching(/^a JPEG file that cannot be decoded \([^\n]+\)$/),
        }),
      );
    }
  });

  test('of too many pixels is refused before it is decoded', async () => {
    const jpeg = await drawing().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from('ffc0', 'hex'));
    jpeg.writeUInt16BE(65_000, frame + 5);
    jpeg.writeUInt16BE(65_000, frame + 7);
    await expect(decodePicture(jpeg)).rejects.toThrow(/JPEG file that cannot be decoded \(.*pixel limit/);
  });
});

test('a PNG is decoded without sharp', async () => {
  const gray = PNG.sync.write(
    Object.assign(new PNG({ width: 2, height: 1 }), { data: Buffer.alloc(8, 255) }),
  );
  expect((await decodePicture(gray)).values).toEqual(Buffer.alloc(8, 255));
});

/** One row of gray, as the definition of TIFF 6.0 has it: a header, the pixels, and eight entries of its directory. */
function tiff16(gray: Uint16Array): Buffer {
  const entries = [
    [256, 3, gray.length], // width
    [257, 3, 1], // height
    [258, 3, 16], // bits of a sample
    [259, 3, 1], // no compression
    [262, 3, 1], // 0 is black
    [273, 4, 8], // where the pixels begin
    [278, 3, 1], // rows in a strip
    [279, 4, 2 * gray.length], // bytes of the strip
  ] as const;
  const directory = 8 + 2 * gray.length;
  const file = Buffer.alloc(directory + 2 + 12 * entries.length + 4);
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(directory, 4);
  gray.forEach((value, at) => {
    file.writeUInt16LE(value, 8 + 2 * at);
  });
  file.writeUInt16LE(entries.length, directory);
  for (const [index, [tag, type, value]] of entries.entries()) {
    const at = directory + 2 + 12 * index;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(type, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  return file;
}
