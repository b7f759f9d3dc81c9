import { DataError } from '../data-error';
import { typeName } from '../type-name';
import type { Picture } from './picture';

/** Pixels row by row, as `getImageData` of a canvas gives them. */
export interface Pixels {
  /**
   * Gray [height, width], red, green and blue [height, width, 3], or these with their opacity [height, width, 4]; bytes
   * 0..255, or floats 0..1.
   */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Images one after the other. An `ImageSet` is one, too. */
export interface ShapedImages {
  /** In C order; bytes 0..255, or floats 0..1. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
  /** [height, width], [n, height, width] or [n, height, width, channels]. */
  readonly shape: readonly number[];
}

/** Numbers 0..1: [height][width], [n][height][width] or [n][height][width][channels]. */
export type NestedNumbers =
  | readonly (readonly number[])[]
  | readonly (readonly (readonly number[])[])[]
  | readonly (readonly (readonly (readonly number[])[])[])[];

/** A whole file. */
export type FileBytes = Uint8Array | ArrayBuffer | Blob;

/** What `imagesFrom` takes everywhere. */
export type ImageSource = FileBytes | Pixels | ShapedImages | NestedNumbers;

/**
 * The pictures in pixels or numbers; undefined for anything else, such as files, which have to be decoded first.
 *
 * @throws {@link DataError} when sizes and numbers do not fit together, or values are outside of their range
 */
export function picturesIn(source: unknown): readonly Picture[] | undefined {
  if (isNested(source)) return split(flatten(source));
  if (typeof source !== 'object' || source === null || !('data' in source)) return undefined;
  const { data, shape, width, height } = source as Partial<ShapedImages & Pixels>;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Float32Array)) {
    throw new DataError(
      `expected pixels as Uint8Array, Uint8ClampedArray or Float32Array, found ${typeName(data)}`,
    );
  }
  if (shape !== undefined) return split({ data, shape });
  return [pixels({ data, width: width as number, height: height as number })];
}

function pixels({ data, width, height }: Pixels): Picture {
  expectSizes({ width, height });
  const channels = data.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new DataError(
      `expected 1, 3 or 4 values for each of ${width}x${height} pixels, found ${data.length} in all`,
    );
  }
  expectRange(data);
  return { height, width, channels, values: data, isTransparent: channels === 4 };
}

function split({ data, shape }: ShapedImages): Picture[] {
  if (!Array.isArray(shape) || shape.length < 2 || shape.length > 4) {
    const found = Array.isArray(shape) ? `[${shape.join(', ')}]` : typeName(shape);
    throw new DataError(
      `expected images of shape [height, width], [n, height, width] or [n, height, width, channels], found ${found}`,
    );
  }
  const [count, height, width, channels] = (
    shape.length === 2 ? [1, ...shape, 1] : shape.length === 3 ? [...shape, 1] : shape
  ) as [number, number, number, number];
  expectSizes({ n: count, height, width, channels });
  const size = height * width * channels;
  if (data.length !== count * size) {
    throw new DataError(
      `expected ${count * size} values for shape [${shape.join(', ')}], found ${data.length}`,
    );
  }
  expectRange(data);
  return Array.from({ length: count }, (_, i) => ({
    height,
    width,
    channels,
    values: data.subarray(i * size, (i + 1) * size),
    isTransparent: false,
  }));
}

function expectSizes(sizes: Readonly<Record<string, unknown>>): void {
  const wrong = Object.entries(sizes).find(([, size]) => !Number.isInteger(size) || Number(size) < 1);
  if (wrong) {
    throw new DataError(`expected images whose ${wrong[0]} is a positive integer, found ${String(wrong[1])}`);
  }
}

function expectRange(data: Pixels['data']): void {
  if (!(data instanceof Float32Array)) return;
  const wrong = data.find(value => !(value >= 0 && value <= 1));
  if (wrong !== undefined) {
    throw new DataError(`expected numbers from 0 to 1, found ${wrong}: give bytes 0..255 as a Uint8Array`);
  }
}

function isNested(source: unknown): source is NestedNumbers {
  let inner = source;
  let rank = 0;
  for (; Array.isArray(inner); rank++) inner = inner[0];
  return rank >= 2 && typeof inner === 'number';
}

function flatten(source: NestedNumbers): ShapedImages {
  const shape: number[] = [];
  for (let inner: unknown = source; Array.isArray(inner); inner = inner[0]) shape.push(inner.length);
  const values: number[] = [];
  const visit = (value: unknown, axis: number) => {
    if (axis === shape.length) {
      if (typeof value !== 'number') throw new DataError(`expected numbers, found ${typeName(value)}`);
      values.push(value);
    } else if (Array.isArray(value) && value.length === shape[axis]) {
      for (const inner of value) visit(inner, axis + 1);
    } else {
      const found = Array.isArray(value) ? `${value.length}` : typeName(value);
      throw new DataError(
        `expected lists of ${shape[axis]} on axis ${axis}, as the first one, found ${found}`,
      );
    }
  };
  visit(source, 0);
  return { data: Float32Array.from(values), shape };
}
