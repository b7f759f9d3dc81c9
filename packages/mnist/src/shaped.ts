/** A typed array that knows its shape, in C order: `shape[0]` varies slowest. */
export type Shaped<T> = T & { readonly shape: readonly number[] };

/**
 * Gives a typed array its shape. Nothing is copied: the same array is returned.
 *
 * @throws RangeError when the shape does not hold as many elements as the array
 */
export function shaped<T extends { readonly length: number }>(
  values: T,
  shape: readonly number[],
): Shaped<T> {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== values.length) {
    throw new RangeError(`expected ${elements} elements for shape [${shape}], found ${values.length}`);
  }
  // Not enumerable, so that the array still compares equal to a plain one with the same elements.
  return Object.defineProperty(values, 'shape', { value: Object.freeze([...shape]) }) as Shaped<T>;
}
