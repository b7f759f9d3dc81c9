import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { readPicture } from './read-picture';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-png-'));
const gray = { height: 2, width: 3, channels: 1 };

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const values = [0, 51, 102, 153, 204, 255];
const picture = write(
  'picture.png',
  PNG.sync.write(
    Object.assign(new PNG({ width: 3, height: 2 }), {
      data: Buffer.from(values.flatMap(value => [value, value, value, 255])),
    }),
  ),
);
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 5));

describe('readPicture', () => {
  it('reads a picture, and inverts it when asked', async () => {
    const image = await readPicture(picture, gray);
    expect({ ...image, pixels: [...image.pixels] }).toEqual({
      ...gray,
      pixels: close([0, 0.2, 0.4, 0.6, 0.8, 1]),
    });
    const { pixels } = await readPicture(picture, gray, { invert: true });
    expect([...pixels]).toEqual(close([1, 0.8, 0.6, 0.4, 0.2, 0]));
  });

  it('gives a picture of another size the size of the network, and colours', async () => {
    const { pixels, ...size } = await readPicture(picture, { height: 4, width: 6, channels: 3 });
    expect(size).toEqual({ height: 4, width: 6, channels: 3 });
    expect(pixels).toHaveLength(4 * 6 * 3);
  });

  it('names the file that cannot be used', async () => {
    const text = write('text.png', Buffer.from('GIF'));
    await expect(readPicture(text, gray)).rejects.toThrow(
      `${text}: expected a PNG, BMP, JPEG, WebP, TIFF, GIF or AVIF file, found something else`,
    );
    await expect(readPicture(join(folder, 'missing.png'), gray)).rejects.toThrow(
      /missing\.png: no such file/,
    );
    await expect(readPicture(folder, gray)).rejects.toThrow('is a folder');
  });

  it('does not read a file that is too large', async () => {
    const large = write('large.png', new Uint8Array());
    truncateSync(large, 2 ** 26 + 1);
    await expect(readPicture(large, gray)).rejects.toThrow('expected at most 67108864 bytes, found 67108865');
  });
});
