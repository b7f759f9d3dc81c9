import { expect, test } from 'vitest';
import { DataError } from '../data-error';
import { loadPictures } from './load-pictures.browser';

/** A picture of one colour. */
async function picture(css: string, type = 'image/png', [width, height] = [4, 3]): Promise<Blob> {
  const canvas = new OffscreenCanvas(width!, height!);
  const context = canvas.getContext('2d')!;
  context.fillStyle = css;
  context.fillRect(0, 0, width!, height!);
  return canvas.convertToBlob({ type, quality: 1 });
}

const at = (path: string, file: Blob) => ({ path, file });

/** As `<input webkitdirectory>` has it. */
function chosen(path: string, content: Blob): File {
  const file = new File([content], path.slice(path.lastIndexOf('/') + 1));
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

test('files with paths are a folder, parted by the seed as everywhere', async () => {
  const files = [
    ...(await Promise.all(
      [10, 20, 30, 40].map(async v => at(`cat/${v}.png`, await picture(`rgb(${v} ${v} ${v})`))),
    )),
    ...(await Promise.all(
      [50, 60].map(async v => at(`owl/deep/${v}.png`, await picture(`rgb(${v} ${v} ${v})`))),
    )),
    at('cat/.DS_Store', new Blob(['x'])),
    at('cat/read me.txt', new Blob(['x'])),
  ];
  const { train, test: tested, notes, skipped } = await loadPictures({ files, seed: 3 });
  expect([train.shape, tested.shape, train.classes]).toEqual([
    [4, 3, 4],
    [2, 3, 4],
    ['cat', 'owl'],
  ]);
  expect([...train.labels, ...tested.labels]).toEqual([0, 0, 0, 1, 0, 1]);
  expect([...new Set([...train.data, ...tested.data])].sort((a, b) => a - b)).toEqual([
    10, 20, 30, 40, 50, 60,
  ]);
  expect([notes, skipped]).toEqual([['not pictures by their names, and not read: cat/read me.txt'], []]);
  // Whatever the order in which a browser lists them.
  expect(await loadPictures({ files: files.reverse(), seed: 3 })).toEqual({
    train,
    test: tested,
    notes,
    skipped,
  });
});

test('the files of an input have train and test, and any format of the browser', async () => {
  const files = [
    chosen('toys/train/car/1.jpg', await picture('red', 'image/jpeg')),
    chosen('toys/train/truck/1.webp', await picture('blue', 'image/webp', [8, 6])),
    chosen('toys/test/car/2.png', await picture('red')),
    chosen('toys/test/truck/2.png', new Blob(['no picture'])),
  ];
  const { train, test: tested, notes } = await loadPictures({ files, size: [2, 2], fit: 'cover' });
  expect([train.shape, tested.shape]).toEqual([
    [2, 2, 2, 3],
    [1, 2, 2, 3],
  ]);
  expect(train.data[0]).toBeGreaterThan(250);
  expect(train.data[12 + 2]).toBeGreaterThan(250);
  expect([...tested.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect(notes[0]).toMatch(/^1 of 4 pictures cannot be read and is left out: test\/truck\/2\.png \(.+\)$/);
});

test.each<[string, () => Promise<Parameters<typeof loadPictures>[0]>, string]>([
  [
    'no files',
    async () => ({ files: [] }),
    'files: expected a folder of pictures for each class, found no folders',
  ],
  [
    'pictures without folders',
    async () => ({ files: [chosen('mine/1.png', await picture('red'))] }),
    'mine: expected a folder of pictures for each class, found 1 pictures without folders',
  ],
  [
    'other sizes',
    async () => ({
      files: [at('a/1.png', await picture('red')), at('b/1.png', await picture('red', 'image/png', [2, 2]))],
    }),
    'files/b/1.png: expected 4x3 pixels, as of files/a/1.png, found 2x2: choose a size that all are resized to',
  ],
  [
    'no paths',
    async () => ({ files: [new File([], '1.png')] }),
    'expected files of a folder, or { path, file }, found ""',
  ],
])('%s are refused', async (_, options, message) => {
  const error = await loadPictures(await options()).catch((reason: unknown) => reason);
  expect((error as Error).message).toContain(message);
  if (!message.includes('{ path')) expect(error).toBeInstanceOf(DataError);
});
