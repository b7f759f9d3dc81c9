import { describe, expect, test } from 'vitest';
import { DataError } from '../data-error';
import { gunzip, readAll } from './gunzip';

const text = new TextEncoder().encode('capsules '.repeat(1000));
const zipped = await gzip(text);

describe('gunzip', () => {
  test('gives the bytes back', async () => {
    expect(await gunzip(zipped)).toEqual(text);
    expect(await gunzip(await gzip(new Uint8Array()))).toEqual(new Uint8Array());
  });

  test.each<[string, Uint8Array]>([
    ['cut off', zipped.subarray(0, zipped.length / 2)],
    ['without its checksum', zipped.subarray(0, -8)],
    ['changed', zipped.with(zipped.length - 6, zipped.at(-6)! ^ 1)],
    ['something else', text],
  ])('says that a file is damaged: %s', async (_, bytes) => {
    const error = await gunzip(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toContain(`damaged gzip file of ${bytes.length} bytes: `);
    expect((error as Error).cause).toBeDefined();
  });

  test('stops at the limit', async () => {
    expect(await gunzip(zipped, { maxBytes: text.length })).toEqual(text);
    await expect(gunzip(zipped, { maxBytes: text.length - 1 })).rejects.toThrow(
      `expected at most ${text.length - 1} bytes, found more`,
    );
  });
});

function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return readAll(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')), Infinity);
}
