import { describe, expect, test } from 'vitest';
import { numberedImages } from '../../test/image-sets';
import { type ImagesFromOptions, imagesWith } from './images-from';

// What every platform does. Files and canvases are tested where they are decoded.
const imagesFrom = (source: unknown, options: ImagesFromOptions) =>
  imagesWith(
    async () => {
      throw new Error('nothing to decode');
    },
    source,
    options,
  );

const size = { height: 1, width: 2 };
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 6));

async function values(source: unknown, options: ImagesFromOptions = size): Promise<number[]> {
  return [...(await imagesFrom(source, options)).data];
}

describe('pixels', () => {
  test.each<[string, readonly number[]]>([
    ['gray', [51, 255]],
    ['red, green and blue', [51, 51, 51, 255, 255, 255]],
    ['with opacity', [51, 51, 51, 255, 255, 255, 255, 255]],
  ])('are bytes, %s', async (_, bytes) => {
    for (const type of [Uint8Array, Uint8ClampedArray]) {
      const { data, shape } = await imagesFrom({ data: type.from(bytes), width: 2, height: 1 }, size);
      expect(shape).toEqual([1, 1, 2, 1]);
      expect([...data]).toEqual(close([0.2, 1]));
    }
  });

  test('may be floats', async () => {
    expect(await values({ data: Float32Array.of(0.25, 1), width: 2, height: 1 })).toEqual([0.25, 1]);
  });

  test('become gray by their luma, and stay colours where these are wanted', async () => {
    const source = { data: Uint8Array.of(255, 0, 51, 7, 7, 7), width: 2, height: 1 };
    expect(await values(source)).toEqual(close([0.299 + 0.114 * 0.2, 7 / 255]));
    expect(await values(source, { ...size, channels: 3 })).toEqual(
      close([1, 0, 0.2, 7 / 255, 7 / 255, 7 / 255]),
    );
    const gray = { data: Uint8Array.of(51, 255), width: 2, height: 1 };
    expect(await values(gray, { ...size, channels: 3 })).toEqual(close([0.2, 0.2, 0.2, 1, 1, 1]));
  });

  test('can be inverted', async () => {
    expect(
      await values({ data: Uint8Array.of(51, 255), width: 2, height: 1 }, { ...size, invert: true }),
    ).toEqual(close([0.8, 0]));
  });

  test('have the size of the network afterwards, on the paper that they were on', async () => {
    // Ink in the middle of 3x6 pixels, which come to 1x2 on 1x4.
    const ink = (paper: number) => {
      const data = new Uint8Array(18).fill(paper).fill(255 - paper, 7, 11);
      return imagesFrom({ data, width: 6, height: 3 }, { height: 1, width: 4 });
    };
    const [black, white] = [await ink(0), await ink(255)];
    expect(black.shape).toEqual([1, 1, 4, 1]);
    expect([...black.data]).toEqual(close([0, 2 / 9, 2 / 9, 0]));
    expect([...white.data]).toEqual(close([1, 7 / 9, 7 / 9, 1]));
    const inverted = await imagesFrom(
      { data: new Uint8Array(4).fill(255), width: 2, height: 2 },
      { height: 1, width: 3, invert: true },
    );
    expect([...inverted.data]).toEqual([0, 0, 0]);
  });
});

describe('what is transparent', () => {
  const pixels = (...rgba: number[]) => ({ data: Uint8ClampedArray.from(rgba), width: 2, height: 1 });
  const clear = [0, 0, 0, 0];

  test('is black behind bright ink', async () => {
    expect(await values(pixels(255, 255, 255, 255, ...clear))).toEqual([1, 0]);
    expect(await values(pixels(255, 255, 255, 51, ...clear))).toEqual(close([0.2, 0]));
    expect(await values(pixels(255, 255, 255, 255, ...clear), { ...size, invert: true })).toEqual([0, 1]);
  });

  test('is white behind dark ink, which is seen for that reason', async () => {
    expect(await values(pixels(0, 0, 0, 255, ...clear))).toEqual([0, 1]);
    expect(await values(pixels(0, 0, 0, 51, ...clear))).toEqual(close([0.8, 1]));
    expect(await values(pixels(0, 0, 0, 255, ...clear), { ...size, invert: true })).toEqual([1, 0]);
    // By how bright what can be seen is: a faint white does not count.
    expect(await values(pixels(0, 0, 0, 255, 255, 255, 255, 2))).toEqual([0, 1]);
  });

  test('comes to 0 where there is no ink', async () => {
    expect(await values(pixels(...clear, ...clear))).toEqual([0, 0]);
    expect(await values(pixels(...clear, ...clear), { ...size, invert: true })).toEqual([0, 0]);
  });
});

describe('numbers', () => {
  test.each<[string, unknown, readonly number[]]>([
    ['[height][width]', [[0.5, 1]], [1, 1, 2, 1]],
    ['[n][height][width]', [[[0.5, 1]], [[0, 0.25]]], [2, 1, 2, 1]],
    [
      '[n][height][width][channels]',
      [
        [
          [
            [0.5, 0, 0],
            [0, 1, 0],
          ],
        ],
      ],
      [1, 1, 2, 3],
    ],
  ])('in lists %s', async (_, source, shape) => {
    const channels = shape[3]!;
    const images = await imagesFrom(source, { ...size, channels });
    expect(images.shape).toEqual(shape);
    expect([...images.data]).toEqual((source as number[][]).flat(3));
  });

  test('in a typed array with a shape, of any channels', async () => {
    const set = numberedImages(3, [2, 2, 5]);
    const { data, shape } = await imagesFrom(set, { height: 2, width: 2, channels: 5 });
    expect(shape).toEqual([3, 2, 2, 5]);
    expect([...data]).toEqual(Array.from(set.data, byte => Math.fround(byte / 255)));
    const one = await imagesFrom({ data: Float32Array.of(0.5, 1), shape: [1, 2] }, size);
    expect([...one.data]).toEqual([0.5, 1]);
    // What comes out goes in again.
    expect(await imagesFrom(one, size)).toEqual(one);
  });
});

test('several sources come one after the other', async () => {
  const sources = [
    { data: Uint8Array.of(0, 255), width: 2, height: 1 },
    [[0.5, 0.25]],
    numberedImages(2, [1, 2]),
  ];
  const { data, shape } = await imagesFrom(sources, size);
  expect(shape).toEqual([4, 1, 2, 1]);
  expect([...data]).toEqual(close([0, 1, 0.5, 0.25, ...[1, 11, 2, 12].map(byte => byte / 255)]));
});

describe('an error', () => {
  const data = new Uint8Array(6);
  test.each<[string, unknown, string]>([
    ['no source', [], 'imagesFrom: expected at least one image, found none'],
    ['a list as pixels', { data: [0, 1], width: 2, height: 1 }, 'or Float32Array, found Array'],
    [
      'another size',
      { data, width: 2, height: 2 },
      'expected 1, 3 or 4 values for each of 2x2 pixels, found 6 in all',
    ],
    ['no size', { data }, 'expected images whose width is a positive integer, found undefined'],
    [
      'no height',
      { data, width: 6, height: 0 },
      'expected images whose height is a positive integer, found 0',
    ],
    ['another shape', { data, shape: [1, 2, 2] }, 'expected 4 values for shape [1, 2, 2], found 6'],
    ['rank 1', { data, shape: [6] }, '[n, height, width, channels], found [6]'],
    ['a shape that is none', { data, shape: 'square' }, '[n, height, width, channels], found string'],
    ['other channels', { data, shape: [1, 1, 3, 2] }, 'expected an image of 1 channels, found 2'],
    [
      'a byte among numbers',
      [[0, 255]],
      'expected numbers from 0 to 1, found 255: give bytes 0..255 as a Uint8Array',
    ],
    ['not a number', [[0, Number.NaN]], 'expected numbers from 0 to 1, found NaN'],
    ['ragged lists', [[0, 1], [0]], 'expected lists of 2 on axis 1, as the first one, found 1'],
    ['half a list', [[0, 1], 0], 'expected lists of 2 on axis 1, as the first one, found number'],
    ['a word in a list', [[0, 'a']], 'expected numbers, found string'],
  ])('says what is wrong with %s', async (_, source, message) => {
    await expect(imagesFrom(source, size)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-data', message: expect.stringContaining(message) }),
    );
  });

  test.each<[unknown, string]>([
    [undefined, 'expected an object with height, width, channels, invert, fit, found nothing'],
    [{ height: 28 }, 'expected width to be a positive integer, found nothing'],
    [{ height: 28, width: '28' }, 'expected width to be a positive integer, found "28"'],
    [{ ...size, channels: 0 }, 'expected channels to be a positive integer, found 0'],
  ])('says what is wrong with the options %j', async (options, message) => {
    await expect(imagesFrom([[0]], options as never)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: `imagesFrom: ${message}` }),
    );
  });
});
