import { DataError } from '../data-error';
import type { ImageSet } from '../sets/image-set';
import { type MatArray, parseMat } from './mat';

/** Of an image, in pixels. */
const side = 40;

/**
 * Reads a file of affNIST, as it comes (`training_and_validation.mat`, `test.mat`): digits of MNIST on 40x40 pixels, moved, turned,
 * stretched and slanted, or just centered. https://www.cs.toronto.edu/~tijmen/affNIST/
 *
 * @returns images [n, 40, 40] with labels 0 to 9; the pixels are a view of what was read
 * @throws {@link DataError} when it is no file of MATLAB, or has not these images and labels
 */
export async function parseAffnist(bytes: Uint8Array): Promise<ImageSet> {
  const variables = await parseMat(bytes);
  const set = variables.affNISTdata;
  if (!set || !('fields' in set))
    throw new DataError(
      `expected a structure affNISTdata, found ${Object.keys(variables).join(', ') || 'no variable'}`,
    );
  const [image, label] = (['image', 'label_int'] as const).map(name => arrayOf(set.fields[name], name));
  const count = image!.shape.at(-1)!;
  if (image!.shape.length !== 2 || image!.shape[0] !== side * side || !(image!.data instanceof Uint8Array))
    throw new DataError(
      `affNISTdata.image: expected bytes of ${side * side} x n, found ${image!.shape.join(' x ')}`,
    );
  if (label!.data.length !== count)
    throw new DataError(
      `affNISTdata: expected a label for each image, found ${count} images and ${label!.data.length} labels`,
    );
  return { data: image!.data, shape: [count, side, side], labels: Uint8Array.from(label!.data, digit) };
}

function arrayOf(value: unknown, name: string): MatArray {
  if (typeof value === 'object' && value !== null && 'data' in value) return value as MatArray;
  throw new DataError(`affNISTdata: expected numbers in the field ${name}, found none`);
}

function digit(label: number, index: number): number {
  if (Number.isInteger(label) && label >= 0 && label <= 9) return label;
  throw new DataError(`affNISTdata.label_int: expected labels from 0 to 9, found ${label} (label ${index})`);
}
