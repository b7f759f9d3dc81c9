import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { png } from '@capsnet/testing/png';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DataError } from '../data-error';
import { imageSize } from '../sets/image-set';
import { findPictures } from './find-pictures.node';
import { type LoadPicturesOptions, loadPictures } from './load-pictures.node';

/** A gray picture of 3x2 pixels, all of this brightness but for the first, which is 0. */
const gray = (value: number, width = 3, height = 2) => {
  const rows = Array.from({ length: height }, (_, row) => [
    0,
    ...Array.from({ length: width }, (_, column) => (row + column === 0 ? 0 : value)),
  ]);
  return png({ width, height }, Uint8Array.from(rows.flat()));
};

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-pictures-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, bytes] of Object.entries(files)) add(folder, path, bytes);
  return folder;
}

function add(folder: string, path: string, bytes: Uint8Array | string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

async function errorOf(options: LoadPicturesOptions): Promise<string> {
  const error = await loadPictures(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message;
}

/** What brightness each image has. */
const brightness = ({ data, shape }: { data: Uint8Array; shape: readonly number[] }) => {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, image) => data[(image + 1) * size - 1]!);
};

const parted = {
  'train/owl/1.png': gray(10),
  'train/owl/2.PNG': gray(20),
  'train/cat/a.png': gray(30),
  'test/owl/1.png': gray(40),
  'test/cat/1.png': gray(50),
};

describe('a folder', () => {
  test('with train and test', async () => {
    const { train, test: tested, notes, skipped } = await loadPictures({ folder: folderOf(parted) });
    expect(train).toEqual({
      data: Uint8Array.of(0, 30, 30, 30, 30, 30, 0, 10, 10, 10, 10, 10, 0, 20, 20, 20, 20, 20),
      shape: [3, 2, 3],
      labels: Uint8Array.of(0, 1, 1),
      classes: ['cat', 'owl'],
    });
    expect([brightness(tested), [...tested.labels], tested.classes]).toEqual([
      [50, 40],
      [0, 1],
      ['cat', 'owl'],
    ]);
    expect([notes, skipped]).toEqual([[], []]);
  });

  test.each([
    ['Training', 'Validation'],
    ['TRAIN', 'val'],
    ['train', 'testing'],
  ])('with the parts %s and %s', async (train, test) => {
    const renamed = Object.entries(parted).map(([path, bytes]) => [
      path.replace(/^train/, train).replace(/^test/, test),
      bytes,
    ]);
    const sets = await loadPictures({ folder: folderOf(Object.fromEntries(renamed)) });
    expect([brightness(sets.train), brightness(sets.test)]).toEqual([
      [30, 10, 20],
      [50, 40],
    ]);
  });

  test('with three parts says which it does not read', async () => {
    const folder = folderOf({ ...parted, 'val/cat/9.png': gray(60), 'val/owl/9.png': gray(70) });
    const { test: tested, notes } = await loadPictures({ folder });
    expect(brightness(tested)).toEqual([50, 40]);
    expect(notes).toEqual(['beside train and test, nothing is read of val']);
  });

  test('whose classes are named train and bus has no parts', async () => {
    const files = Object.fromEntries(
      ['train', 'bus', 'test'].flatMap(name =>
        [1, 2, 3].map(i => [`${name}/${i}.png`, gray(i * 10 + name.length * 50)]),
      ),
    );
    expect((await loadPictures({ folder: folderOf(files) })).train.classes).toEqual(['bus', 'test', 'train']);
  });

  test('whose classes are numbers has them by number', async () => {
    const files = Object.fromEntries(
      ['10', '9', '100', '2'].flatMap(name =>
        [1, 2].map(i => [`${name}/${i}.png`, gray(10 * i + Number(name))]),
      ),
    );
    expect((await loadPictures({ folder: folderOf(files) })).train.classes).toEqual(['2', '9', '10', '100']);
  });

  test('of one class in two ways of writing é is one class', async () => {
    const files = {
      'train/caf\u00e9/1.png': gray(1),
      'train/tea/1.png': gray(2),
      'test/cafe\u0301/1.png': gray(3),
      'test/tea/1.png': gray(4),
    };
    const { train, test: tested } = await loadPictures({ folder: folderOf(files) });
    expect([train.classes, brightness(tested)]).toEqual([
      ['caf\u00e9', 'tea'],
      [3, 4],
    ]);
  });

  test('with folders inside those of classes, hidden files and others', async () => {
    const folder = folderOf({
      ...parted,
      'train/owl/more/deep/3.png': gray(60),
      'train/owl/.hidden.png': gray(70),
      'train/owl/._1.png': 'a resource fork',
      'train/.cache/1.png': gray(80),
      'train/owl/Thumbs.db': '',
      'train/owl/notes.txt': 'hello',
    });
    const { train, notes, skipped } = await loadPictures({ folder });
    expect(brightness(train)).toEqual([30, 10, 20, 60]);
    expect(notes).toEqual(['not pictures by their names, and not read: train/owl/notes.txt']);
    expect(skipped).toEqual([]);
  });

  test('with links', async () => {
    const folder = folderOf(parted);
    const elsewhere = folderOf({ 'x.png': gray(90) });
    symlinkSync(join(elsewhere, 'x.png'), join(folder, 'train/owl/link.png'));
    symlinkSync(elsewhere, join(folder, 'train/owl/linked'));
    symlinkSync('..', join(folder, 'train/owl/loop'));
    symlinkSync('/', join(folder, 'train/owl/root'));
    symlinkSync('nowhere.png', join(folder, 'train/owl/broken.png'));
    const { train, notes, skipped } = await loadPictures({ folder });
    expect(brightness(train)).toEqual([30, 10, 20, 90, 90]);
    expect(skipped).toEqual([{ file: 'train/owl/broken.png', reason: 'a link that leads nowhere' }]);
    expect(notes[0]).toMatch(/^train\/owl\/loop is a link that leads back to .*train, and is not followed$/);
  });
});

describe('the split of one folder', () => {
  const many = (copies = 1) =>
    Object.fromEntries(
      ['a', 'b', 'c'].flatMap((name, label) =>
        Array.from({ length: 20 * copies }, (_, i) => [
          `${name}/${String(i).padStart(3, '0')}.png`,
          gray(1 + label * 80 + Math.floor(i / copies)),
        ]),
      ),
    );

  test('takes as much of each class, by the seed', async () => {
    const folder = folderOf(many());
    const { train, test: tested } = await loadPictures({ folder, seed: 3 });
    expect([...tested.labels]).toEqual([0, 1, 2].flatMap(label => Array(4).fill(label)));
    const all = [...brightness(train), ...brightness(tested)].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => 1 + Math.floor(i / 20) * 80 + (i % 20)));
    expect((await loadPictures({ folder, seed: 3 })).test).toEqual(tested);
    expect((await loadPictures({ folder, seed: 4 })).test).not.toEqual(tested);
    expect((await loadPictures({ folder, test: 0.5 })).test.labels).toHaveLength(30);
  });

  test('never parts copies of a picture', async () => {
    const { train, test: tested, notes } = await loadPictures({ folder: folderOf(many(3)) });
    const seen = new Set(brightness(train));
    expect(brightness(tested).filter(value => seen.has(value))).toEqual([]);
    expect(tested.labels).toHaveLength(36);
    expect(notes).toEqual([]);
  });

  test('leaves a class of one picture to training, and says so', async () => {
    const folder = folderOf({ ...many(), 'd/only.png': gray(255), 'd/again.png': gray(255) });
    const { train, test: tested, notes } = await loadPictures({ folder });
    expect([...train.labels.subarray(-2)]).toEqual([3, 3]);
    expect(tested.labels.includes(3)).toBe(false);
    expect(notes).toEqual(['to test with there is no picture of d: fewer than two different ones are there']);
  });

  test('needs two pictures of some class', async () => {
    expect(await errorOf({ folder: folderOf({ 'a/1.png': gray(1), 'b/1.png': gray(2) }) })).toContain(
      'expected a class of at least two different pictures',
    );
  });
});

test('the same picture to train on and to test with, or in two classes, is told', async () => {
  const folder = folderOf({ ...parted, 'test/owl/again.png': gray(10), 'train/cat/owl.png': gray(20) });
  expect((await loadPictures({ folder })).notes).toEqual([
    '1 of the 3 test pictures are trained on too: test/owl/again.png is train/owl/1.png',
    'the same picture in two classes: train/owl/2.PNG is train/cat/owl.png (owl, cat)',
  ]);
});

describe('sizes', () => {
  const mixed = { ...parted, 'train/cat/b.png': gray(99, 6, 6) };

  test('of several kinds need one that all get', async () => {
    const folder = folderOf(mixed);
    expect(await errorOf({ folder })).toBe(
      `${folder}/train/cat/b.png: expected 3x2 pixels, as of ${folder}/train/cat/a.png, found 6x6: ` +
        'choose a size that all are resized to, such as 28',
    );
    const { train } = await loadPictures({ folder, size: [4, 5] });
    expect(train.shape).toEqual([4, 4, 5]);
  });

  test('by contain, cover and exact', async () => {
    const folder = folderOf(mixed);
    // 3x2 in 4x4: contained, a row of paper above and none below the three rows that 4 pixels of width give.
    const contained = await loadPictures({ folder, size: [4, 4] });
    const covered = await loadPictures({ folder, size: [4, 4], fit: 'cover' });
    expect(contained.train.data).not.toEqual(covered.train.data);
    expect([...covered.train.data.subarray(12, 16)]).toEqual([30, 30, 30, 30]);
    expect([...contained.train.data.subarray(12, 16)]).toEqual([0, 0, 0, 0]);
    expect(await errorOf({ folder, size: [2, 3], fit: 'exact' })).toContain(
      'b.png: expected 3x2 pixels, the size that was asked for, found 6x6: contain or cover would fit it',
    );
  });

  test('of photographs are never taken for those of a network', async () => {
    const folder = folderOf({ 'a/1.png': gray(1, 300, 200), 'a/2.png': gray(2, 300, 200) });
    expect(await errorOf({ folder })).toContain(
      'expected at most 256x256 pixels, found 300x200: choose a size',
    );
  });

  test('that no memory holds are refused before anything is read', async () => {
    const folder = folderOf({ 'a/1.png': 'none', 'a/2.png': 'none' });
    expect(await errorOf({ folder, size: [65_000, 65_000] })).toContain('bytes of pixels, found 2 pictures');
  });
});

describe('colours', () => {
  const red = png({ width: 1, height: 1, colour: 2 }, Uint8Array.of(0, 255, 0, 0));
  const white = png({ width: 1, height: 1 }, Uint8Array.of(0, 255));

  test('are kept where there are any', async () => {
    const folder = folderOf({ 'a/1.png': red, 'a/2.png': white, 'b/1.png': red, 'b/2.png': white });
    const { train, test: tested } = await loadPictures({ folder });
    const data = [...train.data, ...tested.data];
    expect([train.shape, data.filter(value => value === 255).length]).toEqual([[2, 1, 1, 3], 8]);
    expect(imageSize(train)).toEqual({ height: 1, width: 1, channels: 3 });
  });

  test('become gray where that is asked for, and gray becomes a colour', async () => {
    const files = { 'train/a/1.png': red, 'train/a/2.png': white, 'test/a/1.png': white };
    const folder = folderOf(files);
    expect([...(await loadPictures({ folder, channels: 1 })).train.data]).toEqual([76, 255]);
    expect([...(await loadPictures({ folder, channels: 3 })).test.data]).toEqual([255, 255, 255]);
  });
});

test('JPEG, WebP and TIFF lie among PNG, whatever their names say', async () => {
  const picture = (value: number) =>
    sharp({ create: { width: 40, height: 40, channels: 3, background: { r: value, g: value, b: value } } });
  const folder = folderOf({
    'train/a/1.jpg': await picture(200).jpeg().toBuffer(),
    'train/a/2.JPEG': await picture(100).jpeg().toBuffer(),
    'train/b/1.webp': await picture(50).webp().toBuffer(),
    'train/b/2.tif': await picture(150).tiff().toBuffer(),
    'train/b/3.png': await picture(220).jpeg().toBuffer(),
    'test/a/1.gif': await picture(10).gif().toBuffer(),
    'test/b/1.avif': await picture(240).avif().toBuffer(),
  });
  const { train, test: tested } = await loadPictures({ folder, size: [8, 8] });
  const found = [...brightness(train), ...brightness(tested)];
  for (const [at, value] of [200, 100, 50, 150, 220, 10, 240].entries())
    expect(Math.abs(found[at]! - value)).toBeLessThan(4);
  expect(train.shape).toEqual([5, 8, 8]);
});

describe('what cannot be read', () => {
  test('is left out and named', async () => {
    const folder = folderOf({
      ...parted,
      'train/cat/b.png': gray(5).subarray(0, 50),
      'train/cat/c.png': '',
      'train/cat/d.jpg': 'hello',
      'train/cat/e.svg': '<svg/>',
    });
    const { train, notes, skipped } = await loadPictures({ folder });
    expect(brightness(train)).toEqual([30, 10, 20]);
    expect(skipped.map(({ file }) => file)).toEqual(
      ['b.png', 'c.png', 'd.jpg', 'e.svg'].map(name => `train/cat/${name}`),
    );
    expect(notes[0]).toMatch(
      /^4 of 9 pictures cannot be read and are left out: train\/cat\/b\.png \(a damaged PNG file.*found SVG: save it as PNG\)$/,
    );
  });

  test.skipIf(process.platform === 'win32')('as it never ends', async () => {
    const folder = folderOf(parted);
    execFileSync('mkfifo', [join(folder, 'train/cat/pipe.png')]);
    symlinkSync('/dev/zero', join(folder, 'train/cat/zero.png'));
    const { skipped } = await loadPictures({ folder });
    expect(skipped).toEqual(
      ['pipe.png', 'zero.png'].map(name => ({
        file: `train/cat/${name}`,
        reason: 'a device, a pipe or a folder',
      })),
    );
  });

  test('in a whole class is an error', async () => {
    const folder = folderOf({ ...parted, 'train/cat/a.png': 'hello' });
    expect(await errorOf({ folder })).toBe(
      `${folder}: expected a picture of the class cat that can be read, found none of 1: ` +
        'train/cat/a.png: expected a PNG, BMP, JPEG, WebP, TIFF, GIF or AVIF file, found something else',
    );
  });
});

describe('a folder of another form', () => {
  const { 'test/cat/1.png': _, ...withoutCat } = parted;
  test.each<[string, Record<string, Uint8Array | string>, string]>([
    ['without folders', { '1.png': gray(1), '2.png': gray(2) }, 'found 2 pictures without folders'],
    ['that is empty', {}, 'expected a folder of pictures for each class, found no folders'],
    [
      'with an empty class',
      { ...parted, 'train/dog/.keep': '' },
      'train/dog: expected at least one picture of this class, found none',
    ],
    [
      'with a class to test alone',
      { ...parted, 'test/dog/1.png': gray(1) },
      'test/dog: expected a class that there are pictures of to train on, found none of that name in train',
    ],
  ])('%s', async (_, files, message) => {
    expect(await errorOf({ folder: folderOf(files) })).toContain(message);
  });

  test('is missing, or a file', async () => {
    const folder = folderOf({ file: '' });
    expect(await errorOf({ folder: join(folder, 'none') })).toBe(
      `${folder}/none: expected a folder of pictures, found nothing`,
    );
    expect(await errorOf({ folder: join(folder, 'file') })).toContain('found a file');
  });

  test('without test pictures of a class is read, and said', async () => {
    const { notes } = await loadPictures({ folder: folderOf(withoutCat) });
    expect(notes).toEqual(['to test with there is no picture of cat']);
  });
});

test('10,000 classes', async () => {
  const folder = folderOf({ 'test/9999/1.png': gray(77, 1, 2) });
  for (let name = 0; name < 10_000; name++) add(folder, `train/${name}/1.png`, gray(name % 256, 1, 2));
  const { train, test: tested, notes } = await loadPictures({ folder });
  expect(train.classes).toHaveLength(10_000);
  expect([...train.labels]).toEqual(Array.from({ length: 10_000 }, (_, label) => label));
  expect([brightness(train)[9_998], ...tested.labels]).toEqual([9_998 % 256, 9_999]);
  expect(notes[0]).toBe('to test with there is no picture of 0, 1, 2, 3, 4 and 9994 more');
}, 60_000);

test('a change of a file is seen without reading it', () => {
  const folder = folderOf(parted);
  const stamps = () => findPictures(folder).files.map(({ stamp }) => stamp);
  const before = stamps();
  expect(stamps()).toEqual(before);
  // The same number of bytes, and the time set back.
  writeFileSync(join(folder, 'train/owl/1.png'), gray(11));
  utimesSync(join(folder, 'train/owl/1.png'), 1, 1);
  expect(stamps().filter((stamp, at) => stamp !== before[at])).toHaveLength(1);
});

test.each([
  [{ size: [28] }, 'expected size to be [height, width] in pixels, found [28]'],
  [{ fit: 'fill' }, 'expected fit to be "contain", "cover" or "exact", found "fill"'],
  [{ channels: 2 }, 'expected channels to be 1 or 3, found 2'],
  [{ test: 1 }, 'expected test to be between 0 and 1, found 1'],
  [{ sizes: 1 }, 'unknown option sizes: did you mean size?'],
])('an option that cannot be right: %j', async (options, message) => {
  const folder = folderOf(parted);
  await expect(loadPictures({ folder, ...options } as never)).rejects.toThrow(
    expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
  );
});

test('progress is told up to the last picture', async () => {
  const told: number[] = [];
  await loadPictures({ folder: folderOf(parted), onProgress: (done, total) => told.push(done, total) });
  expect(told).toEqual([5, 5]);
});
