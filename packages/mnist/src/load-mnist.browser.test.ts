import { expect, test } from 'vitest';
import { loadMnist } from './browser';
import { DataError } from './data-error';
import { mnistSha256 } from './mnist';

const server = import.meta.url;
const fixtures = new URL('/mnist-10/', server);

test.each(['raw', 'gzip/'])('fetches the four files from %s', async folder => {
  const { train, test } = await loadMnist({ url: new URL(folder, fixtures), classes: 10 });
  expect([...train.labels]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...test.labels]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  expect(train.images.shape).toEqual([10, 28, 28]);
  expect(test.images.shape).toEqual([10, 28, 28]);
  // The 5 that MNIST begins with: the 10th to 16th row of its first stroke.
  expect([...train.images.subarray(5 * 28 + 12, 5 * 28 + 18)]).toEqual([3, 18, 18, 18, 126, 136]);
});

test('fetches from an address relative to the page', async () => {
  const { train } = await loadMnist({ url: `${fixtures.pathname}raw/` });
  expect(train.labels).toHaveLength(10);
});

test('checks digests when asked', async () => {
  const loaded = loadMnist({ url: new URL('gzip', fixtures), sha256: mnistSha256 });
  await expect(loaded).rejects.toThrow(
    /train-images-idx3-ubyte.gz: expected the SHA-256 ba891046\w+, found \w{64}/,
  );
});

test('says what it found where there are no files', async () => {
  const error = await loadMnist({ url: new URL('nowhere', fixtures) }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message).toMatch(
    /expected an IDX file, found none. .*nowhere\/train-images-idx3-ubyte.gz: .*; .*nowhere\/train-images-idx3-ubyte: /,
  );
});

test('makes no request that nobody asked for', async () => {
  await expect(loadMnist()).rejects.toThrow('a browser has no default files, name a url');
  await expect(loadMnist({ folder: 'data' })).rejects.toThrow('a browser reads no folder, name a url');
});
