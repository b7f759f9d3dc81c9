import { CapsnetError, sha256, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import { type ImageSet, imageSize } from '../sets/image-set';
import { typeName } from '../type-name';
import type { DataFile, FileSource, IdxFileName } from './file-source';
import { gunzip, isGzip } from './gunzip';
import { type IdxArray, parseIdx } from './idx';

/** A data set in two parts, whose images have one size. */
export interface DataSet {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** SHA-256 of each file, uncompressed. */
export type IdxDigests = Readonly<Record<IdxFileName, string>>;

/** What is known of the files, wherever they are. */
export interface IdxChecks {
  /** The number of classes, or their names, which the sets then have too. If given, a label that is not below it is an error. */
  readonly classes?: number | readonly string[] | undefined;
  /** If given, files with other digests are an error. */
  readonly sha256?: IdxDigests | undefined;
}

export interface LoadIdxOptions extends IdxChecks {
  /** A folder of four IDX files, raw or gzip, by their usual names. Node only. */
  readonly folder?: string | undefined;
  /** The address below which the four files lie, as `<name>.gz` or `<name>`. The only requests this package ever makes. */
  readonly url?: string | URL | undefined;
  /**
   * What the names of the files begin with, such as `emnist-letters-`, whose test files are then named `test-...`
   * rather than `t10k-...`. By default nothing, or in a folder that holds only one set, whatever that begins with.
   *
   * Images of files that begin with `emnist-`, in letters of any size, are transposed: EMNIST stores them column by column.
   */
  readonly prefix?: string | undefined;
}

/** The names of {@link LoadIdxOptions}. */
export const loadIdxOptions = [
  'folder',
  'url',
  'prefix',
  'classes',
  'sha256',
] as const satisfies readonly (keyof LoadIdxOptions)[];

/** Reads the four files from wherever they come, and checks that they are a data set. */
export async function readIdxFiles(files: FileSource, checks: IdxChecks): Promise<DataSet> {
  const { classes } = checks;
  if (
    !(classes === undefined || Array.isArray(classes) || (Number.isInteger(classes) && Number(classes) > 0))
  ) {
    throw new CapsnetError(
      'invalid-argument',
      `expected classes to be a positive integer or a list of names, found ${show(classes)}`,
    );
  }
  const read = async (name: IdxFileName) => parse(await files.read(name), checks.sha256?.[name]);
  const transposed = /^emnist-/i.test(files.prefix);
  const readSet = async (part: 'train' | 't10k'): Promise<ImageSet> => {
    const images = await read(`${part}-images-idx3-ubyte`);
    const labels = await read(`${part}-labels-idx1-ubyte`);
    return imageSet(images, labels, transposed, checks.classes);
  };
  const train = await readSet('train');
  const test = await readSet('t10k');
  const [trainShape, testShape] = [train, test].map(({ shape }) => shape.slice(1).join('x'));
  if (trainShape !== testShape) {
    throw new DataError(`expected test images of ${trainShape} pixels, as in training, found ${testShape}`);
  }
  return { train, test };
}

interface NamedArray extends IdxArray {
  readonly name: string;
}

async function parse({ name, bytes }: DataFile, digest: string | undefined): Promise<NamedArray> {
  try {
    const raw = isGzip(bytes) ? await gunzip(bytes) : bytes;
    if (digest !== undefined) await expectDigest(raw, digest);
    return { name, ...parseIdx(raw) };
  } catch (cause) {
    throw new DataError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

async function expectDigest(bytes: Uint8Array, expected: string): Promise<void> {
  const found = await sha256(bytes);
  if (found !== expected) {
    throw new DataError(`expected the SHA-256 ${expected}, found ${found}: not the original file`);
  }
}

function imageSet(
  images: NamedArray,
  labels: NamedArray,
  transposed: boolean,
  classes: number | readonly string[] | undefined,
): ImageSet {
  const values = classesOf(labels);
  if (!(values instanceof Uint8Array || values instanceof Int32Array)) {
    throw new DataError(
      `${labels.name}: expected labels as unsigned bytes or 32-bit integers, found ${typeName(values)}`,
    );
  }
  expectBelow(typeof classes === 'object' ? classes.length : classes, labels.name, values);
  const set = {
    data: images.data,
    shape: images.shape,
    labels: values,
    ...(typeof classes === 'object' && { classes }),
  } as ImageSet;
  try {
    const { height, width } = imageSize(set);
    return transposed ? transpose(set, height, width) : set;
  } catch (cause) {
    throw new DataError(`${images.name}, ${labels.name}: ${(cause as Error).message}`, { cause });
  }
}

/** QMNIST has eight numbers for each digit, of which the first is its class; others tell who wrote it. */
function classesOf({ name, shape, data }: NamedArray): NamedArray['data'] {
  const [count, columns] = shape as [number, number?];
  if (shape.length === 1) return data;
  if (shape.length !== 2 || !columns || !(data instanceof Int32Array)) {
    throw new DataError(
      `${name}: expected labels [n], or [n, columns] as 32-bit integers, found ${typeName(data)} of shape [${shape.join(', ')}]`,
    );
  }
  return Int32Array.from({ length: count }, (_, row) => data[row * columns]!);
}

function expectBelow(classes: number | undefined, name: string, labels: Uint8Array | Int32Array): void {
  if (classes === undefined) return;
  const at = labels.findIndex(label => label >= classes);
  if (at < 0) return;
  const byte = 8 + at * labels.BYTES_PER_ELEMENT;
  throw new DataError(
    `${name}: expected labels below ${classes}, found ${labels[at]} (label ${at}, at byte ${byte})`,
  );
}

/** [n, height, width] -> [n, width, height] */
function transpose(set: ImageSet, height: number, width: number): ImageSet {
  const pixels = height * width;
  const turned = new Uint8Array(set.data.length);
  for (let start = 0; start < turned.length; start += pixels) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        turned[start + column * height + row] = set.data[start + row * width + column]!;
      }
    }
  }
  return { ...set, data: turned, shape: [turned.length / pixels, width, height] };
}
