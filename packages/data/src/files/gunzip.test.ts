import { gzipSync } from 'node:zlib';
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

  const more = new TextEncoder().encode('routing');
  // A gzip file that is not compressed has the beginnings of others in it, as if members began there.
  const nested = Uint8Array.from(gzipSync(Uint8Array.of(...zipped, ...zipped), { level: 0 }));
  // Such that its last bytes, its length, are zeros.
  const long = new Uint8Array(2 ** 16);

  test.each<[name: string, parts: readonly Uint8Array<ArrayBuffer>[]]>([
    ['two', [text, more]],
    ['an empty one between', [text, new Uint8Array(), more]],
    ['many', Array.from({ length: 40 }, (_, index) => text.subarray(index))],
    ['one whose length ends in zeros', [long, more, long]],
  ])('reads several members, %s, and passes over zeros behind them', async (_, parts) => {
    const members = await Promise.all(parts.map(gzip));
    const all = Buffer.concat(parts);
    for (const zeros of [0, 1, 3, 512]) {
      const file = Uint8Array.from(Buffer.concat([...members, new Uint8Array(zeros)]));
      expect(Buffer.compare(await gunzip(file), all)).toBe(0);
    }
  });

  test('takes no beginning of a gzip file within another for a member', async () => {
    const file = Uint8Array.from(Buffer.concat([nested, nested, new Uint8Array(64)]));
    const once = Buffer.concat([zipped, zipped]);
    expect(Buffer.compare(await gunzip(file), Buffer.concat([once, once]))).toBe(0);
  });

  test('stops at the limit, of all members together', async () => {
    const twice = Uint8Array.from(Buffer.concat([zipped, zipped]));
    expect(await gunzip(twice, { maxBytes: 2 * text.length })).toHaveLength(2 * text.length);
    await expect(gunzip(twice, { maxBytes: 2 * text.length - 1 })).rejects.toThrow('expected at most');
  });

  test('stops at the limit', async () => {
    expect(await gunzip(zipped, { maxBytes: text.length })).toEqual(text);
    await expect(gunzip(zipped, { maxBytes: text.length - 1 })).rejects.toThrow(
      `expected at most ${text.length - 1} bytes, found more`,
    );
  });
});

function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip')), Infinity);
}
