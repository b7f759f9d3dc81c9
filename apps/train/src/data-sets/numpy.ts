import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { imageSetOf, type NpyArray, parseNpy, parseNpz, splitTest } from '@capsnet/data/node';
import { UsageError, within } from '../terminal/errors';
import type { DataSet } from './data-set';
import { readDataFile } from './read-data-file';
import { expectFolder, expectNoPrefix } from './source';

const isArrays = (name: string) => /\.np[yz]$/i.test(name);

/** Arrays of NumPy, by the names that are in use: x_train and y_train of Keras, train_images, train-imgs ... */
export const numpy: DataSet = {
  meaning: 'a file of NumPy (.npz), or a folder of such files or of .npy',
  isAt: ({ names }) => names.some(isArrays),
  describe: ({ folder }) => folder ?? 'no file',
  async load(source, output) {
    expectNoPrefix(source, 'arrays of NumPy');
    const path = expectFolder(source, 'a file or a folder of NumPy');
    const arrays = await arraysAt(path);
    const names = Object.keys(arrays);
    const setOf = (part: 'train' | 'test' | 'all') => {
      const images = one(path, names, part, 'images');
      const labels = one(path, names, part, 'labels');
      if (images === undefined && labels === undefined) return undefined;
      if (images === undefined || labels === undefined) {
        throw new UsageError(
          `${path}: expected images and labels (x_train and y_train, say), found ${names.join(', ')}`,
        );
      }
      return within(`${path}: ${images}, ${labels}`, () => imageSetOf(arrays[images]!, arrays[labels]!));
    };
    const [train, test] = [await setOf('train'), await setOf('test')];
    const others = names.filter(name => /val/i.test(name));
    if (train && test) {
      if (others.length > 0) output.note(`${path}: nothing is read of ${others.join(', ')}`);
      return { train, test };
    }
    const all = train ?? (await setOf('all'));
    if (!all) {
      throw new UsageError(
        `${path}: expected arrays named x_train, y_train, x_test and y_test, or images and labels, found ${names.join(', ') || 'none'}`,
      );
    }
    const { test: part, seed } = source.pictures;
    return splitTest(all, { part, seed });
  },
};

async function arraysAt(path: string): Promise<Readonly<Record<string, NpyArray>>> {
  const isFolder = statSync(path).isDirectory();
  const place = isFolder ? path : dirname(path);
  const files = isFolder
    ? readdirSync(path)
        .filter(name => isArrays(name) && !name.startsWith('.'))
        .sort()
    : [basename(path)];
  const arrays: Record<string, NpyArray> = {};
  for (const file of files) {
    const name = file.replace(/\.np[yz]$/i, '');
    if (/\.npy$/i.test(file)) {
      arrays[name] = await readDataFile(join(place, file), parseNpy);
      continue;
    }
    const found = Object.entries(await readDataFile(join(place, file), parseNpz));
    // Of several files, such as kmnist-train-imgs.npz, each has an array without a name of its own.
    for (const [inner, array] of found) arrays[files.length > 1 ? `${name}/${inner}` : inner] = array;
  }
  return arrays;
}

const contents = {
  images: /(^|[_\-/ ])(x|imgs?|images?|data|pixels)([_\-/ ]|$)/i,
  labels: /(^|[_\-/ ])(y|labels?|targets?|classes)([_\-/ ]|$)/i,
};

/** @throws UsageError when several arrays have such a name */
function one(
  path: string,
  names: readonly string[],
  part: 'train' | 'test' | 'all',
  content: keyof typeof contents,
): string | undefined {
  const found = names.filter(name => {
    const plain = name.replace(/\/arr_0$/, '');
    if (!contents[content].test(plain) || /val/i.test(plain)) return false;
    return part === 'all' ? !/train|test/i.test(plain) : new RegExp(part, 'i').test(plain);
  });
  if (found.length <= 1) return found[0];
  throw new UsageError(`${path}: expected one array of ${content} (${part}), found ${found.join(', ')}`);
}
