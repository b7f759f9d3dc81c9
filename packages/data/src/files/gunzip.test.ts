import { linearCongruential } from '@capsnet/testing/linear-congruential';
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
  // Such that its last bytes, its length, are zeros.
  const long = new Uint8Array(2 ** 16);

  test.each<[name: string, parts: readonly Uint8Array<ArrayBuffer>[]]>([
    ['two', [text, more]],
    ['an empty one between', [text, new Uint8Array(), more]],
    ['many', Array.from({ length: 40 }, (_, index) => more.subarray(index % 5))],
    ['one whose length ends in zeros', [long, more, long]],
  ])('reads several members, %s, and passes over zeros behind them', async (_, parts) => {
    const members = await Promise.all(parts.map(gzip));
    for (const zeros of [0, 1, 3, 512]) {
      const found = await gunzip(joined([...members, new Uint8Array(zeros)]));
      expect(sameBytes(found, joined(parts))).toBe(true);
    }
  });

  test('takes no beginning of a gzip file within another for a member', async () => {
    // What cannot be compressed is stored as it is.
    const random = linearCongruential(3);
    const noise = Uint8Array.from({ length: 4000 }, () => 256 * random());
    noise.set([0x1f, 0x8b, 8, 0], 1000);
    noise.set(zipped, 2000);
    const member = await gzip(noise);
    expect(joined([member]).join().split([0x1f, 0x8b, 8].join())).toHaveLength(4);
    const file = joined([member, member, new Uint8Array(64)]);
    expect(await gunzip(file)).toEqual(joined([noise, noise]));
  });

  test('stops at the limit, of all members together', async () => {
    const twice = joined([zipped, zipped]);
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

/** One behind the other. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]));
}

/** `toEqual` looks at each byte as if it were an object. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
