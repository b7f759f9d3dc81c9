import { describe, expect, test } from 'vitest';
import { decodeBmp } from './decode-bmp';

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), char => char.charCodeAt(0));

const pixels = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [10, 20, 30],
  [40, 50, 60],
  [70, 80, 90],
];
const opaque = (colours: readonly (readonly number[])[]) => colours.flatMap(colour => [...colour, 255]);
const grays = (...values: readonly number[]) => values.map(value => [value, value, value]);

/** From the definition: the header of the file, that of the picture, masks or palette, rows from the bottom to the top. */
function bmp({
  header = 40,
  width,
  height,
  bits,
  compression = 0,
  extra = [],
  rows,
}: {
  readonly header?: number;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** Masks, as part of the header or behind it, and the palette. */
  readonly extra?: readonly number[];
  readonly rows: readonly number[];
}): Uint8Array {
  const extraBytes = header === 12 ? extra : [...new Uint8Array(Uint32Array.from(extra).buffer)];
  const start = header === 124 ? 138 : 14 + header + extraBytes.length;
  const bytes = new Uint8Array(start + rows.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, start, true);
  view.setUint32(14, header, true);
  if (header === 12)
    for (const [at, value] of [width, height, 1, bits].entries()) view.setUint16(18 + 2 * at, value, true);
  else {
    view.setInt32(18, width, true);
    view.setInt32(22, height, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, bits, true);
    view.setUint32(30, compression, true);
  }
  bytes.set(extraBytes, header === 12 ? 26 : 54);
  bytes.set(rows, start);
  return bytes;
}

describe('a BMP', () => {
  // Written by Pillow 12.
  test.each<[string, string, readonly (readonly number[])[]]>([
    [
      '24 bits',
      'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABABgAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAAHhQKPDIoWlBGAAAAAAD/AP8A/wAAAAAA',
      pixels,
    ],
    [
      '8 bits with a palette',
      'Qk1WAAAAAAAAAE4AAAAoAAAAAwAAAAIAAAABAAgAAAAAAAgAAADEDgAAxA4AAAYAAAAGAAAAAP8AAFpQRgA8MigAHhQKAAAA/wD/AAAAAwIBAAQABQA=',
      pixels,
    ],
    [
      '1 bit',
      'Qk1GAAAAAAAAAD4AAAAoAAAAAwAAAAIAAAABAAEAAAAAAAgAAADEDgAAxA4AAAIAAAACAAAAAAAAAP///wCgAAAAYAAAAA==',
      grays(0, 255, 255, 255, 0, 255),
    ],
    [
      '32 bits, the last eight of which say nothing',
      'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABACAAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAAHhQK/zwyKP9aUEb/AAD//wD/AID/AAAA',
      pixels,
    ],
  ])('of %s', (_, file, colours) => {
    const picture = decodeBmp(bytesOf(file));
    expect(picture).toMatchObject({ width: 3, height: 2, channels: 4, isTransparent: false });
    expect([...picture.values]).toEqual(opaque(colours));
  });

  test('of 4 bits, from the top to the bottom', () => {
    const extra = [0x000000, 0xff0000, 0x00ff00, 0x0000ff, ...Array(12).fill(0)];
    const file = bmp({ width: 3, height: -2, bits: 4, extra, rows: [0x12, 0x30, 0, 0, 0x01, 0x10, 0, 0] });
    const [black, red, green, blue] = [
      [0, 0, 0],
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ] as const;
    expect([...decodeBmp(file).values]).toEqual(opaque([red, green, blue, black, red, red]));
  });

  test('of 16 bits: five each, or as its masks say', () => {
    const rows = [0x1f, 0x00, 0x00, 0x7c];
    expect([...decodeBmp(bmp({ width: 2, height: 1, bits: 16, rows })).values]).toEqual(
      opaque([
        [0, 0, 255],
        [255, 0, 0],
      ]),
    );
    const masked = bmp({
      width: 2,
      height: 1,
      bits: 16,
      compression: 3,
      extra: [0xf800, 0x07e0, 0x001f],
      rows,
    });
    // 0x7c00 is 15 of 31 in red and 32 of 63 in green.
    expect([...decodeBmp(masked).values]).toEqual(
      opaque([
        [0, 0, 255],
        [123, 130, 0],
      ]),
    );
  });

  test('with an opacity, where it says so', () => {
    const extra = [0xff, 0xff00, 0xff0000, 0xff000000];
    const file = bmp({
      header: 124,
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      extra,
      rows: [1, 2, 3, 4],
    });
    expect(decodeBmp(file)).toMatchObject({ values: Uint8Array.of(1, 2, 3, 4), isTransparent: true });
  });

  test("of OS/2's first version", () => {
    const file = bmp({
      header: 12,
      width: 2,
      height: 1,
      bits: 1,
      extra: [1, 2, 3, 4, 5, 6],
      rows: [0x40, 0, 0, 0],
    });
    expect([...decodeBmp(file).values]).toEqual(
      opaque([
        [3, 2, 1],
        [6, 5, 4],
      ]),
    );
  });

  test.each<[string, Uint8Array, string]>([
    [
      'that is cut off',
      bmp({ width: 2, height: 2, bits: 24, rows: Array(15).fill(0) }),
      'expected at least 70 bytes, found 69',
    ],
    ['whose header is cut off', new Uint8Array(17), 'expected at least 18 bytes, found 17'],
    [
      'of too many pixels',
      bmp({ width: 5000, height: 5000, bits: 24, rows: [] }),
      'expected a BMP of 1 to 16777216 pixels, found 5000x5000',
    ],
    ['of no pixels', bmp({ width: 0, height: 1, bits: 24, rows: [] }), 'found 0x1'],
    [
      'that is compressed',
      bmp({ width: 1, height: 1, bits: 8, compression: 1, rows: [] }),
      'found RLE8: save it as PNG',
    ],
    ['of another depth', bmp({ width: 1, height: 1, bits: 5, rows: [0, 0, 0, 0] }), 'found 5'],
    [
      'with colours that it has not',
      bmp({ width: 1, height: 1, bits: 8, rows: [1, 0, 0, 0] }),
      'expected at least',
    ],
  ])('%s is refused', (_, file, message) => {
    expect(() => decodeBmp(file)).toThrow(message);
  });
});
