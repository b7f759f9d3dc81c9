import { expect, test } from 'vitest';
import { DataError } from '../data-error';
import { loadIdx } from './load-idx.browser';

const server = import.meta.url;
const fixtures = new URL('/mnist-10/', server);

test.each(['raw', 'gzip/'])('fetches the four files from %s', async folder => {
  const { train, test } = await loadIdx({ url: new URL(folder, fixtures), classes: 10 });
  expect([...train.labels]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...test.labels]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  expect(train.shape).toEqual([10, 28, 28]);
  expect(test.shape).toEqual([10, 28, 28]);
  // The 5 that MNIST begins with: the 10th to 16th row of its first stroke.
  expect([...train.data.subarray(5 * 28 + 12, 5 * 28 + 18)]).toEqual([3, 18, 18, 18, 126, 136]);
});

test('fetches from an address relative to the page', async () => {
  const { train } = await loadIdx({ url: `${fixtures.pathname}raw/` });
  expect(train.labels).toHaveLength(10);
});

test('checks digests when asked', async () => {
  const wrong = '0'.repeat(64);
  const sha256 = {
    'train-images-idx3-ubyte': wrong,
    'train-labels-idx1-ubyte': wrong,
    't10k-images-idx3-ubyte': wrong,
    't10k-labels-idx1-ubyte': wrong,
  };
  await expect(loadIdx({ url: new URL('gzip', fixtures), sha256 })).rejects.toThrow(
    /train-images-idx3-ubyte.gz: expected the SHA-256 0{64}, found \w{64}/,
  );
});

test('says what it found where there are no files', async () => {
  const error = await loadIdx({ url: new URL('nowhere', fixtures) }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message).toMatch(
    /expected an IDX file, found none. .*nowhere\/train-images-idx3-ubyte.gz: .*; .*nowhere\/train-images-idx3-ubyte: /,
  );
});

test('makes no request that nobody asked for', async () => {
  await expect(loadIdx()).rejects.toThrow('loadIdx: expected a url, found none');
  await expect(loadIdx({ folder: 'data' })).rejects.toThrow(
    'loadIdx: expected a url, found a folder, which a browser cannot read',
  );
});
