import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { hasBrightBorder, readPng } from './png';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-png-'));
const gray = { height: 2, width: 3, channels: 1 };

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** A PNG of 3x2 pixels, given as RGBA. */
function png(
  name: string,
  rgba: readonly number[],
  options: { colorType?: 0 | 2 | 4 | 6; bitDepth?: 8 | 16 } = {},
) {
  const { bitDepth = 8 } = options;
  const data =
    bitDepth === 16 ? Buffer.from(Uint16Array.from(rgba, byte => byte * 257).buffer) : Buffer.from(rgba);
  const picture = Object.assign(new PNG({ width: 3, height: 2 }), { data });
  return write(name, PNG.sync.write(picture, { ...options, inputColorType: 6, inputHasAlpha: true }));
}

const values = [0, 51, 102, 153, 204, 255];
const opaque = values.flatMap(value => [value, value, value, 255]);
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 5));

describe('readPng', () => {
  it.each([
    ['8-bit gray', { colorType: 0 }],
    ['8-bit gray with alpha', { colorType: 4 }],
    ['8-bit RGB', { colorType: 2 }],
    ['8-bit RGB with alpha', { colorType: 6 }],
    ['16-bit gray', { colorType: 0, bitDepth: 16 }],
    ['16-bit RGB with alpha', { colorType: 6, bitDepth: 16 }],
  ] as const)('reads %s', async (name, options) => {
    const image = await readPng(png(`${name}.png`, opaque, options), gray);
    expect({ ...image, pixels: [...image.pixels] }).toEqual({
      ...gray,
      pixels: close([0, 0.2, 0.4, 0.6, 0.8, 1]),
    });
  });

  it('inverts dark ink on white paper', async () => {
    const { pixels } = await readPng(png('invert.png', opaque), gray, { invert: true });
    expect([...pixels]).toEqual(close([1, 0.8, 0.6, 0.4, 0.2, 0]));
  });

  it('takes what is transparent for paper', async () => {
    const file = png('alpha.png', Array.from({ length: 6 }, () => [255, 255, 255, 51]).flat());
    expect((await readPng(file, gray)).pixels[0]).toBeCloseTo(0.2, 5);
    const ink = png('ink.png', Array.from({ length: 6 }, () => [0, 0, 0, 51]).flat());
    expect((await readPng(ink, gray, { invert: true })).pixels[0]).toBeCloseTo(0.2, 5);
  });

  it('weighs colours by their brightness, and keeps them for a network that sees colour', async () => {
    const file = png('colour.png', Array.from({ length: 6 }, () => [255, 0, 51, 255]).flat());
    expect((await readPng(file, gray)).pixels[0]).toBeCloseTo(0.299 + 0.114 * 0.2, 5);
    const { pixels } = await readPng(file, { ...gray, channels: 3 });
    expect([...pixels.slice(0, 3)]).toEqual(close([1, 0, 0.2]));
  });

  it('refuses another size by the header, before anything is decoded', async () => {
    const header = Buffer.alloc(33);
    header.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    header.writeUInt32BE(2 ** 31 - 1, 16);
    header.writeUInt32BE(2 ** 31 - 1, 20);
    await expect(readPng(write('huge.png', header), gray)).rejects.toThrow(
      'expected an image of 3x2 pixels, found 2147483647x2147483647: resize it first',
    );
  });

  it('refuses what is no PNG, or a damaged one', async () => {
    await expect(readPng(write('text.png', Buffer.from('GIF89a')), gray)).rejects.toThrow('not a PNG file');
    await expect(readPng(write('empty.png', Buffer.alloc(0)), gray)).rejects.toThrow('not a PNG file');
    const { readFileSync } = await import('node:fs');
    const whole = readFileSync(png('whole.png', opaque));
    await expect(readPng(write('cut.png', whole.subarray(0, 40)), gray)).rejects.toThrow(
      'a damaged PNG file',
    );
    const flipped = Buffer.from(whole);
    flipped[45]! ^= 0xff;
    await expect(readPng(write('flipped.png', flipped), gray)).rejects.toThrow('a damaged PNG file');
    const header = whole.subarray(8, 33);
    const twice = Buffer.concat([whole.subarray(0, 33), header, whole.subarray(33)]);
    await expect(readPng(write('twice.png', twice), gray)).rejects.toThrow('2 headers');
    const interlaced = Buffer.from(whole);
    interlaced[28] = 1;
    await expect(readPng(write('interlaced.png', interlaced), gray)).rejects.toThrow('without interlacing');
    const taller = Buffer.from(whole);
    taller.writeUInt32BE(3, 20);
    await expect(readPng(write('short.png', taller), { ...gray, height: 3 })).rejects.toThrow(
      /expected \d+ bytes of pixels, found \d+/,
    );
    await expect(readPng(join(folder, 'missing.png'), gray)).rejects.toThrow(/missing\.png: no such file/);
    await expect(readPng(folder, gray)).rejects.toThrow('is a folder');
  });
});

it('hasBrightBorder looks at the edge only', () => {
  const ring = (edge: number, inside: number) => ({
    height: 3,
    width: 3,
    channels: 1,
    pixels: Float32Array.from([edge, edge, edge, edge, inside, edge, edge, edge, edge]),
  });
  expect(hasBrightBorder(ring(0.9, 0))).toBe(true);
  expect(hasBrightBorder(ring(0.1, 1))).toBe(false);
});
