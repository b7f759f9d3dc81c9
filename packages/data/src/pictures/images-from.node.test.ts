import { crc32 } from 'node:zlib';
import { png as drawn, interlacedRows } from '@capsnet/testing/png';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { imagesFrom } from './images-from.node';

const size = { height: 2, width: 3 };

/** A PNG of 3x2 pixels, given as RGBA. */
function png(
  rgba: readonly number[],
  options: { colorType?: 0 | 2 | 4 | 6; bitDepth?: 8 | 16 } = {},
): Buffer {
  const { bitDepth = 8 } = options;
  const data =
    bitDepth === 16 ? Buffer.from(Uint16Array.from(rgba, byte => byte * 257).buffer) : Buffer.from(rgba);
  const picture = Object.assign(new PNG({ width: 3, height: 2 }), { data });
  return PNG.sync.write(picture, { ...options, inputColorType: 6, inputHasAlpha: true });
}

const opaque = [0, 51, 102, 153, 204, 255].flatMap(value => [value, value, value, 255]);
const whole = png(opaque);
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 5));

describe('a PNG file', () => {
  test.each([
    ['8-bit gray', { colorType: 0 }],
    ['8-bit gray with alpha', { colorType: 4 }],
    ['8-bit RGB', { colorType: 2 }],
    ['8-bit RGB with alpha', { colorType: 6 }],
    ['16-bit gray', { colorType: 0, bitDepth: 16 }],
    ['16-bit RGB with alpha', { colorType: 6, bitDepth: 16 }],
  ] as const)('may be %s', async (_, options) => {
    const { data, shape } = await imagesFrom(png(opaque, options), size);
    expect(shape).toEqual([1, 2, 3, 1]);
    expect([...data]).toEqual(close([0, 0.2, 0.4, 0.6, 0.8, 1]));
  });

  test('comes as bytes of any kind, alone or in a list', async () => {
    const expected = await imagesFrom(whole, size);
    const bytes = Uint8Array.from(whole);
    expect(await imagesFrom(bytes, size)).toEqual(expected);
    expect(await imagesFrom(bytes.buffer, size)).toEqual(expected);
    expect(await imagesFrom(new Blob([bytes]), size)).toEqual(expected);
    expect((await imagesFrom([whole, bytes], size)).data).toEqual(
      Float32Array.of(...expected.data, ...expected.data),
    );
  });

  test('of another size is resized', async () => {
    const dark = png([0, 51, 102, 0, 0, 0].flatMap(value => [value, value, value, 255]));
    const { data } = await imagesFrom(dark, { height: 1, width: 3 });
    // Half as large, and so 2x1: the means of one and a half columns each, then black.
    expect([...data]).toEqual(close([0.05 / 1.5, 0.25 / 1.5, 0]));
  });

  test('shows dark ink on clear paper', async () => {
    const ink = png([0, 0, 0, 255, ...Array(5 * 4).fill(0)]);
    expect([...(await imagesFrom(ink, { ...size, invert: true })).data]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  test.each([
    { height: 1, width: 1 },
    { height: 5, width: 1 },
    { height: 3, width: 4 },
    { height: 9, width: 11 },
    { height: 28, width: 28 },
  ])('may be interlaced: $width x $height', async size => {
    const gray = Uint8Array.from({ length: size.height * size.width }, (_, index) => (index * 37) % 256);
    const { data } = await imagesFrom(interlaced(gray, size), size);
    expect([...data]).toEqual(close(Array.from(gray, value => value / 255)));
  });

  test.each([
    ['a newline', Buffer.from('\n')],
    ['zeros', Buffer.alloc(512)],
    ['another PNG', whole],
  ])('may be followed by %s', async (_, more) => {
    expect(await imagesFrom(Buffer.concat([whole, more]), size)).toEqual(await imagesFrom(whole, size));
  });

  test('may have more pixels than its header says, which nobody sees', async () => {
    const rows = [0, 10, 20, 30, 0, 40, 50, 60];
    const chunks = (pixels: readonly number[]) => drawn(size, Uint8Array.from(pixels));
    const expected = await imagesFrom(chunks(rows), size);
    expect(await imagesFrom(chunks([...rows, 0]), size)).toEqual(expected);
    expect(await imagesFrom(chunks([...rows, ...rows]), size)).toEqual(expected);
    await expect(imagesFrom(chunks(new Array(2 ** 17).fill(0)), size)).rejects.toThrow('a damaged PNG file');
  });

  /** Only a header. */
  function header(width: number, height: number): Buffer {
    const bytes = Buffer.alloc(33);
    bytes.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return bytes;
  }

  function changed(change: (bytes: Buffer) => void): Buffer {
    const bytes = Buffer.from(whole);
    change(bytes);
    return bytes;
  }

  test.each<[string, Buffer, string | RegExp]>([
    [
      'of too many pixels',
      header(2 ** 31 - 1, 2 ** 31 - 1),
      'of 1 to 16777216 pixels, found 2147483647x2147483647',
    ],
    ['of one row too many', header(4096, 4097), 'of 1 to 16777216 pixels, found 4096x4097'],
    ['of no pixels', header(0, 5), 'of 1 to 16777216 pixels, found 0x5'],
    [
      'of too many bytes',
      Buffer.concat([whole, Buffer.alloc(2 ** 24 + 1 - whole.length)]),
      'expected a PNG file of at most 16777216 bytes, found 16777217',
    ],
    [
      'that is none',
      Buffer.from('GIF8'),
      'expected a PNG, BMP, JPEG, WebP, TIFF, GIF or AVIF file, found something else',
    ],
    ['without a byte', Buffer.alloc(0), 'file, found an empty file'],
    ['cut off', whole.subarray(0, 40), 'a damaged PNG file'],
    ['with a byte changed', changed(bytes => bytes.writeUInt8(bytes[45]! ^ 0xff, 45)), 'a damaged PNG file'],
    [
      'with two headers',
      Buffer.concat([whole.subarray(0, 33), whole.subarray(8, 33), whole.subarray(33)]),
      'a damaged PNG file (2 headers)',
    ],
    [
      'that says it is interlaced and is not',
      changed(bytes => {
        bytes.writeUInt8(1, 28);
        bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
      }),
      /a damaged PNG file \(expected \d+ bytes of pixels, found \d+\)/,
    ],
    [
      'with a row too few',
      changed(bytes => bytes.writeUInt32BE(3, 20)),
      /a damaged PNG file \(expected \d+ bytes of pixels, found \d+\)/,
    ],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(imagesFrom(bytes, size)).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid-data',
        message:
          typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
      }),
    );
  });
});

test.each<[unknown, string]>([
  [undefined, 'found nothing'],
  ['digit.png', 'found string'],
  [{ getContext() {} }, 'found Object'],
  [[0, 1], 'found number'],
])('what is no image is refused: %j', async (source, message) => {
  await expect(imagesFrom(source as never, size)).rejects.toThrow(
    expect.objectContaining({
      code: 'invalid-data',
      message: expect.stringMatching(
        new RegExp(`^imagesFrom: expected the bytes of a picture file, .*, ${message}$`),
      ),
    }),
  );
});

/** A gray picture of 8 bits, as Adam7 has it. */
function interlaced(gray: Uint8Array, size: { height: number; width: number }): Uint8Array {
  const rows = interlacedRows(size).flatMap(({ row, columns }) => [
    0,
    ...columns.map(column => gray[row * size.width + column]!),
  ]);
  return drawn({ ...size, interlacing: 1 }, Uint8Array.from(rows));
}
