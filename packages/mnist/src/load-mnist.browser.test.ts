import { expect, test } from 'vitest';
import images from '../../data/public/mnist-10/gzip/t10k-images-idx3-ubyte.gz?url';
import { loadMnist, mnistSha256 } from './browser';

const folder = new URL(`${images}/..`, location.href);

test('fetches the four files from a url, and checks their digests', async () => {
  const { test } = await loadMnist({ url: folder, classes: 10 });
  expect([...test.labels]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  expect(test.shape).toEqual([10, 28, 28]);
  await expect(loadMnist({ url: folder, sha256: mnistSha256 })).rejects.toThrow(
    /train-images-idx3-ubyte.gz: expected the SHA-256 ba891046\w+, found \w{64}/,
  );
});

test('makes no request that nobody asked for', async () => {
  await expect(loadMnist()).rejects.toThrow('a browser has no default files, name a url');
  await expect(loadMnist({ folder: 'data' })).rejects.toThrow('found a folder, which a browser cannot read');
});
