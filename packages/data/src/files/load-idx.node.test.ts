import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodeIdx } from '../../test/idx-encoder';
import { DataError } from '../data-error';
import type { IdxDigests, LoadIdxOptions } from './idx-files';
import { loadIdx as loadInBrowser } from './load-idx.browser';
import { loadIdx } from './load-idx.node';

const fixtures = join(import.meta.dirname, '../../public/mnist-10');
const trainLabels = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4];
const testLabels = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9];

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-idx-'));
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

async function errorOf(options: LoadIdxOptions): Promise<string> {
  const error = await loadIdx(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message;
}

describe('a folder', () => {
  test.each(['raw', 'gzip'])('of %s files', async kind => {
    const { train, test } = await loadIdx({ folder: join(fixtures, kind), classes: 10 });
    expect([...train.labels]).toEqual(trainLabels);
    expect([...test.labels]).toEqual(testLabels);
    expect(train.data).toEqual(
      new Uint8Array((await readFile(join(fixtures, 'raw/train-images-idx3-ubyte'))).subarray(16)),
    );
    expect(test.shape).toEqual([10, 28, 28]);
  });

  test('with the names that some archives use', async () => {
    const folder = await folderWith();
    await rename(join(folder, 'train-images-idx3-ubyte'), join(folder, 'train-images.idx3-ubyte'));
    // Such an archive also unpacks to a folder by the file's name.
    await mkdir(join(folder, 'train-images-idx3-ubyte'));
    expect([...(await loadIdx({ folder })).train.labels]).toEqual(trainLabels);
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

  test('of QMNIST, whose labels say more than the class', async () => {
    const folder = await temporaryFolder();
    const more = (label: number) => [label, 1, 2, 30, 4, 59999, 0, 0];
    const files = {
      'qmnist-train-images-idx3-ubyte.gz': gzipSync(encodeIdx(8, [2, 1, 2], [1, 2, 3, 4])),
      'qmnist-train-labels-idx2-int.gz': gzipSync(encodeIdx(12, [2, 8], [...more(7), ...more(4)])),
      'qmnist-test-images-idx3-ubyte': encodeIdx(8, [1, 1, 2], [5, 6]),
      'qmnist-test-labels-idx2-int': encodeIdx(12, [1, 8], more(9)),
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    const { train, test } = await loadIdx({ folder, classes: 10 });
    expect([...train.labels, ...test.labels]).toEqual([7, 4, 9]);
  });

  test.each(['letters', 'LETTERS'])('of EMNIST, whose images are turned upright: %s', async name => {
    const folder = await emnistFolder('letters');
    if (name === 'LETTERS') {
      for (const file of await readdir(folder))
        await rename(join(folder, file), join(folder, file.toUpperCase()));
    }
    const { train, test } = await loadIdx({ folder });
    for (const { data, shape } of [train, test]) {
      expect(shape).toEqual([1, 2, 3]);
      expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    }
    expect([...train.labels, ...test.labels]).toEqual([26, 3]);
  });

  test('of several sets needs a prefix', async () => {
    const folder = await emnistFolder('letters', 'digits');
    expect(await errorOf({ folder })).toContain(
      `${folder} holds several data sets: choose one by its prefix, 'emnist-digits-', 'emnist-letters-'`,
    );
    const { test } = await loadIdx({ folder, prefix: 'emnist-digits-' });
    expect(test.shape).toEqual([1, 2, 3]);
  });

  test('that is missing, empty or incomplete', async () => {
    const folder = await temporaryFolder();
    expect(await errorOf({ folder: join(folder, 'none') })).toMatch(
      /^expected a folder of IDX files, found nothing: .*none/,
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
      `${labels}: expected labels [n], or [n, columns] as 32-bit integers, found Uint8Array of shape [1, 1, 1]`,
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
      'floats as labels',
      { [labels]: encodeIdx(13, [10], trainLabels) },
      `${labels}: expected labels as unsigned bytes or 32-bit integers, found Float32Array`,
    ],
    [
      'floats as images',
      { [images]: encodeIdx(13, [10, 1, 2], Array(20).fill(1)) },
      'expected images as bytes [n, height, width] or [n, height, width, channels], found Float32Array [10, 1, 2]',
    ],
    [
      'a negative label',
      { [labels]: encodeIdx(12, [10], trainLabels.with(4, -1)) },
      'expected labels of 0 or more, found -1 (label 4)',
    ],
    [
      'a wide label out of range',
      { [labels]: encodeIdx(12, [10], trainLabels.with(4, 300)) },
      `${labels}: expected labels below 10, found 300 (label 4, at byte 24)`,
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

  test('of more than 256 classes', async () => {
    const wide = trainLabels.with(4, 300);
    const folder = await folderWith({ [labels]: encodeIdx(12, [10], wide) });
    const { train } = await loadIdx({ folder, classes: 301 });
    expect(train.labels).toEqual(Int32Array.from(wide));
  });

  test('whose classes have names', async () => {
    const classes = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
    const { train, test } = await loadIdx({ folder: join(fixtures, 'raw'), classes });
    expect([train.classes, test.classes]).toEqual([classes, classes]);
    expect(await errorOf({ folder: join(fixtures, 'raw'), classes: classes.slice(1) })).toContain(
      'expected labels below 9, found 9 (label 4, at byte 12)',
    );
  });

  test('whose digests are checked', async () => {
    const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'];
    const digests = Object.fromEntries(
      await Promise.all(
        names.map(async name => {
          const bytes = await readFile(join(fixtures, 'raw', `${name}-ubyte`));
          return [`${name}-ubyte`, createHash('sha256').update(bytes).digest('hex')];
        }),
      ),
    ) as IdxDigests;
    // The digests are those of the uncompressed files.
    for (const kind of ['raw', 'gzip']) await loadIdx({ folder: join(fixtures, kind), sha256: digests });
    const wrong = { ...digests, 't10k-labels-idx1-ubyte': digests['train-labels-idx1-ubyte'] };
    expect(await errorOf({ folder: join(fixtures, 'gzip'), sha256: wrong })).toBe(
      `${join(fixtures, 'gzip', 't10k-labels-idx1-ubyte.gz')}: expected the SHA-256 ` +
        `${wrong['t10k-labels-idx1-ubyte']}, found ${digests['t10k-labels-idx1-ubyte']}: not the original file`,
    );
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

  const loaders = { node: loadIdx, browser: loadInBrowser };
  const folders = ['gzip', 'raw', 'page', 'encoded'];
  const cases = Object.keys(loaders).flatMap(entry => folders.map(folder => ({ entry, folder })));
  test.each(cases)('by the $entry entry, from a server of $folder', async ({ entry, folder }) => {
    const load = loaders[entry as keyof typeof loaders];
    const { train, test } = await load({ url: new URL(`${url}/${folder}`), classes: 10 });
    expect([...train.labels]).toEqual(trainLabels);
    expect([...test.labels]).toEqual(testLabels);
    expect(train.shape).toEqual([10, 28, 28]);
  });

  test('with a prefix', async () => {
    const upright = await loadIdx({ url: `${url}/raw` });
    requested.length = 0;
    const { test } = await loadIdx({ url: `${url}/emnist`, prefix: 'emnist-digits-' });
    expect(requested.filter(path => !path.endsWith('.gz'))).toEqual(
      ['train-images-idx3', 'train-labels-idx1', 'test-images-idx3', 'test-labels-idx1'].map(
        name => `/emnist/emnist-digits-${name}-ubyte`,
      ),
    );
    expect(test.data[3 * 28 + 5]).toBe(upright.test.data[5 * 28 + 3]);
    expect(test.data).not.toEqual(upright.test.data);
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
  const refusal = (message: string) => expect.objectContaining({ code: 'invalid-argument', message });
  await expect(loadIdx({ folder: 'a', url: 'b' })).rejects.toThrow(
    refusal('loadIdx: expected a folder or a url, found both'),
  );
  await expect(loadIdx({ prefix: 'emnist-letters-' })).rejects.toThrow(
    refusal('loadIdx: expected a folder or a url, found neither'),
  );
  await expect(loadIdx({ folder: join(fixtures, 'raw'), classes: 0 })).rejects.toThrow(
    refusal('expected classes to be a positive integer or a list of names, found 0'),
  );
});
