import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { presets } from '../config/presets';
import { loadData } from '../data/load-data';
import { chooseData } from '../named-sets/choose-data';
import { openConsole } from '../terminal/console';

const place = mkdtempSync(join(tmpdir(), 'capsnet-sets-'));
afterAll(() => rmSync(place, { recursive: true }));
const { pictures } = presets.paper.data;

function folderOf(name: string, files: Record<string, string | Uint8Array>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name, file)), { recursive: true });
    writeFileSync(join(place, name, file), content);
  }
  return join(place, name);
}

async function load(path: string, options: Partial<typeof pictures> = {}) {
  const notes: string[] = [];
  const output = { ...openConsole(true), note: (line: string) => notes.push(line) };
  const chosen = await chooseData({ data: path }, output);
  const sets = await loadData({ ...chosen, prefix: null, pictures: { ...pictures, ...options } }, output);
  return { set: chosen.set, ...sets, notes };
}

const errorOf = async (path: string, options: Partial<typeof pictures> = {}) => {
  const error = await load(path, options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'UsageError' });
  return (error as Error).message;
};

/** Of version 1, as NumPy's definition has it. */
function npy(descr: string, shape: readonly number[], content: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`;
  const begin = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([begin, Buffer.from(header), content]);
}

describe('CSV', () => {
  const train = 'label,a,b,c,d\n1,0,1,2,3\n0,4,5,6,7\n';

  it('in two files', async () => {
    const folder = folderOf('fashion', {
      'fashion-mnist_train.csv': train,
      'fashion-mnist_test.csv': 'label,a,b,c,d\n1,9,9,9,9\n',
    });
    const { set, train: images, test, notes } = await load(folder);
    expect([set, images.shape, [...images.labels], [...test.data], notes]).toEqual([
      'csv',
      [2, 2, 2],
      [1, 0],
      [9, 9, 9, 9],
      [],
    ]);
  });

  it('of a competition, whose test file has no labels, compressed', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => `${at % 2},${at},0,0,0`).join('\n');
    const folder = folderOf('digits', {
      'train.csv.gz': gzipSync(`label,a,b,c,d\n${rows}\n`),
      'test.csv': 'a,b,c,d\n1,2,3,4\n',
      'sample_submission.txt': '',
    });
    const { train: images, test, notes } = await load(folder);
    expect([images.labels.length, [...test.labels].sort()]).toEqual([16, [0, 0, 1, 1]]);
    expect(notes).toEqual([
      expect.stringContaining('test.csv has no labels, as of a competition: a part of train.csv.gz'),
    ]);
  });

  it('in one file, and what is wrong with one', async () => {
    const folder = folderOf('one', { 'digits.csv': `${train}1,1,1,1,1\n0,2,2,2,2\n` });
    expect((await load(join(folder, 'digits.csv'))).train.labels).toHaveLength(2);
    writeFileSync(join(folder, 'digits.csv'), 'label,a,b,c,d\n1,2,3,4,cat\n');
    expect(await errorOf(folder)).toBe(
      `${folder}/digits.csv: line 2, column 5: expected a whole number, found "cat"`,
    );
    writeFileSync(join(folder, 'more.csv'), train);
    expect(await errorOf(folder)).toContain('found digits.csv, more.csv: name the file itself');
  });
});

describe('NumPy', () => {
  const images = npy('|u1', [2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  const labels = npy('|u1', [2], Uint8Array.of(1, 0));

  it.each([
    ['of Keras', 'x_train', 'y_train', 'x_test', 'y_test'],
    ['of others', 'train_images', 'train_labels', 'test_images', 'test_labels'],
    ['of KMNIST', 'kmnist-train-imgs', 'kmnist-train-labels', 'kmnist-test-imgs', 'kmnist-test-labels'],
  ])('%s', async (name, ...files) => {
    const folder = folderOf(
      name,
      Object.fromEntries(files.map((file, at) => [`${file}.npy`, at % 2 === 0 ? images : labels])),
    );
    const { set, train, test } = await load(folder);
    expect([set, train.shape, [...train.labels], test]).toEqual(['numpy', [2, 2, 2], [1, 0], train]);
  });

  it('without parts, and what is wrong', async () => {
    const four = npy('|u1', [4], Uint8Array.of(0, 0, 1, 1));
    const folder = folderOf('plain', {
      'images.npy': npy('|u1', [4, 1, 1], Uint8Array.of(1, 2, 3, 4)),
      'labels.npy': four,
    });
    expect([...(await load(folder)).test.labels]).toEqual([0, 1]);
    writeFileSync(join(folder, 'images.npy'), npy('|O', [1], Uint8Array.of(1)));
    expect(await errorOf(folder)).toContain(`${folder}/images.npy: expected numbers`);
    const half = folderOf('half', { 'x_train.npy': images });
    expect(await errorOf(half)).toContain(
      'expected images and labels (x_train and y_train, say), found x_train',
    );
    const none = folderOf('none', { 'a.npy': images });
    expect(await errorOf(none)).toContain('found a');
  });
});

it('CIFAR-10 and CIFAR-100, with the names of their classes', async () => {
  const image = (...labels: number[]) => Buffer.concat([Buffer.from(labels), Buffer.alloc(3072, 7)]);
  const ten = folderOf('ten', {
    'data_batch_1.bin': image(0),
    'data_batch_2.bin': image(1),
    'test_batch.bin': image(2),
    'batches.meta.txt': 'airplane\nautomobile\nbird\n\n',
  });
  const { set, train, test } = await load(ten);
  expect([set, [...train.labels], [...test.labels], train.classes]).toEqual([
    'cifar',
    [0, 1],
    [2],
    ['airplane', 'automobile', 'bird'],
  ]);
  const hundred = folderOf('hundred', {
    'train.bin': image(9, 1),
    'test.bin': image(9, 0),
    'fine_label_names.txt': 'apple\nbee\n',
  });
  expect([...(await load(hundred)).train.labels]).toEqual([1]);
});

it('smallNORB, at the size that is asked for', async () => {
  const matrix = (magic: number, shape: number[], content: Uint8Array) =>
    Buffer.concat([
      Buffer.from(
        Uint32Array.of(magic, shape.length, ...shape, ...Array(Math.max(0, 3 - shape.length)).fill(1)).buffer,
      ),
      content,
    ]);
  const dat = gzipSync(matrix(0x1e3d4c55, [1, 2, 4, 4], Buffer.alloc(32, 9)));
  const cat = matrix(0x1e3d4c54, [1], Buffer.of(3, 0, 0, 0));
  const folder = folderOf('norb', {
    'smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat.gz': dat,
    'smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat': cat,
    'smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat.gz': dat,
    'smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat': cat,
  });
  expect(await load(folder)).toMatchObject({
    set: 'norb',
    train: { shape: [1, 4, 4, 2], labels: Uint8Array.of(3) },
  });
  expect((await load(folder, { height: 2, width: 3 })).test.shape).toEqual([1, 2, 3, 2]);
  expect(await errorOf(folder, { height: 2 })).toContain('expected height and width');
  expect(await errorOf(folder, { height: 2, width: 2, fit: 'exact' })).toContain('expected contain or cover');
  rmSync(join(folder, 'smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat'));
  expect(await errorOf(folder)).toContain('expected a file ...testing...-cat.mat, found smallnorb');
});

it('what lies there says which set it is', async () => {
  const setAt = async (data: string) => (await chooseData({ data }, openConsole(true))).set;
  expect(await setAt(folderOf('idx', { 'train-images-idx3-ubyte.gz': '' }))).toBe('idx');
  expect(await setAt(folderOf('photos', { 'cat/1.jpg': '' }))).toBe('pictures');
  expect(await setAt(folderOf('empty', { '.hidden': '' }))).toBe('idx');
  await expect(setAt('fashon-mnist')).rejects.toThrow(
    /^--data fashon-mnist: no such file or folder, and no set of that name: expected one of fashion-mnist, .* nearest being fashion-mnist$/,
  );
});
