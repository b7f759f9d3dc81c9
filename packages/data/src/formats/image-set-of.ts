import { DataError } from '../data-error';
import { type ImageSet, imageSize } from '../sets/image-set';
import { typeName } from '../type-name';
import type { NpyArray } from './npy';

/**
 * A set of two arrays, as programs in Python keep them.
 *
 * @param images [n, height, width] or [n, height, width, channels], or as PyTorch has it [n, channels, height, width] of 1 or 3
 *   channels; whole numbers 0..255, or fractions 0..1
 * @param labels [n] or [n, 1], whole numbers from 0; or [n, classes] with a single 1 in each row
 * @throws {@link DataError} when they are no images and labels, or do not fit together
 */
export function imageSetOf(images: NpyArray, labels: NpyArray): ImageSet {
  const classes = classesOf(labels);
  const set: ImageSet = { ...channelsLast({ ...images, data: bytesOf(images) }), labels: classes };
  imageSize(set);
  return set;
}

function bytesOf({ data, shape }: NpyArray): Uint8Array {
  if (shape.length < 3 || shape.length > 4)
    throw new DataError(
      `expected images [n, height, width] or [n, height, width, channels], found [${shape.join(', ')}]`,
    );
  if (data instanceof Uint8Array) return data;
  const [lowest, highest] = extent(data);
  if (!(lowest >= 0 && highest <= 255))
    throw new DataError(`expected pixels from 0 to 255 or from 0 to 1, found ${lowest} to ${highest}`);
  const areFractions = (data instanceof Float32Array || data instanceof Float64Array) && highest <= 1;
  return Uint8Array.from(data, value => Math.round(areFractions ? 255 * value : value));
}

function extent(data: NpyArray['data']): [number, number] {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (Number.isNaN(value)) return [value, value];
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return [lowest, highest];
}

function channelsLast({ data, shape }: NpyArray): Pick<ImageSet, 'data' | 'shape'> {
  const bytes = data as Uint8Array;
  const [count, channels, height, width] = shape as [number, number, number, number?];
  const isFirst = width !== undefined && (channels === 1 || channels === 3) && width !== 1 && width !== 3;
  if (!isFirst) return { data: bytes, shape };
  const turned = new Uint8Array(bytes.length);
  const area = height * width;
  for (let image = 0; image < count; image++) {
    const start = image * area * channels;
    for (let c = 0; c < channels; c++) {
      for (let at = 0; at < area; at++) turned[start + at * channels + c] = bytes[start + c * area + at]!;
    }
  }
  return { data: turned, shape: [count, height, width, channels] };
}

function classesOf({ data, shape }: NpyArray): ImageSet['labels'] {
  const [count = 0, columns = 1] = shape;
  if (shape.length === 0 || shape.length > 2)
    throw new DataError(`expected labels [n], found [${shape.join(', ')}]`);
  const labels = Int32Array.from({ length: count }, (_, row) => {
    if (columns === 1) return wholeNumber(data[row]!, row);
    const values = data.subarray(row * columns, (row + 1) * columns);
    const label = values.indexOf(1 as never);
    if (label < 0 || values.some((value, at) => value !== (at === label ? 1 : 0)))
      throw new DataError(
        `expected labels [n], or [n, classes] with a single 1 in each row, found another row ${row}`,
      );
    return label;
  });
  return labels.every(label => label >= 0 && label < 256) ? Uint8Array.from(labels) : labels;
}

function wholeNumber(value: number, row: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new DataError(`expected labels from 0 to 65535, found ${value} (${typeName(value)}, label ${row})`);
}
