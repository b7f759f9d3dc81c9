import { DataError } from '../data-error';
import type { ImageSet } from '../sets/image-set';

const [side, area] = [32, 32 * 32];

/**
 * Reads a file of CIFAR-10 or CIFAR-100 in their binary version: for each image its label, one byte, or of CIFAR-100 two, of which the
 * second, the finer one, is taken; then red, green and blue of 32x32 pixels, one after the other.
 *
 * @param labelBytes 1, or 2 of CIFAR-100
 * @returns images [n, 32, 32, 3]
 * @throws {@link DataError} when the file does not hold whole images
 */
export function parseCifar(bytes: Uint8Array, labelBytes: 1 | 2): ImageSet {
  const row = labelBytes + 3 * area;
  const count = bytes.length / row;
  if (!Number.isInteger(count) || count === 0)
    throw new DataError(`expected images of ${row} bytes each, found ${bytes.length} bytes`);
  const data = new Uint8Array(count * 3 * area);
  const labels = new Uint8Array(count);
  for (let image = 0; image < count; image++) {
    const start = image * row + labelBytes;
    labels[image] = bytes[start - 1]!;
    for (let at = 0; at < area; at++) {
      const to = 3 * (image * area + at);
      for (let c = 0; c < 3; c++) data[to + c] = bytes[start + c * area + at]!;
    }
  }
  return { data, shape: [count, side, side, 3], labels };
}
