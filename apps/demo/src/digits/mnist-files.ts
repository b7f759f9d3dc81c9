import { mnistChunks } from 'virtual:mnist-chunks';
import { CapsnetError, sha256 as digestOf } from '@capsnet/checks';
import { gunzip, type ImageSet, parseIdx } from '@capsnet/data';

/** An image of the test set. */
export interface TestDigit {
  readonly index: number;
  readonly label: number;
  /** [28, 28] in 0..1 */
  readonly pixels: Float32Array;
}

/** Pixels of an image. */
export const pixelsPerImage = 28 * 28;

/**
 * Fetches images of MNIST from the page's own files, a thousand in each.
 *
 * @param page  the page's address, below which the files lie
 * @param index which thousand
 * @throws if the file is not what the build has made
 */
export async function fetchDigits(
  page: URL | string,
  part: 'train' | 'test',
  index: number,
): Promise<ImageSet> {
  const { file, sha256 } = mnistChunks[part][index]!;
  const response = await fetch(new URL(file, page));
  if (!response.ok)
    throw new CapsnetError('invalid-data', `${file}: expected a file, found HTTP status ${response.status}`);
  const bytes = await gunzip(new Uint8Array(await response.arrayBuffer()), { maxBytes: 2 ** 20 });
  const found = await digestOf(bytes);
  if (found !== sha256)
    throw new CapsnetError('invalid-data', `${file}: expected the SHA-256 ${sha256}, found ${found}`);
  const { data: rows, shape } = parseIdx(bytes);
  const [count = 0, width = 0] = shape;
  const data = new Uint8Array(count * pixelsPerImage);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    labels[row] = rows[row * width]!;
    data.set((rows as Uint8Array).subarray(row * width + 1, (row + 1) * width), row * pixelsPerImage);
  }
  return { data, shape: [count, 28, 28], labels };
}

/** Images in each file. */
export const digitsPerFile = mnistChunks.size;

/** How many files the training images are in. */
export const trainingFiles = mnistChunks.train.length;
