import { DataError } from '../data-error';
import type { ImageSet } from '../sets/image-set';

const [side, columns] = [16, 257];

/**
 * Reads USPS as the book "The Elements of Statistical Learning" has it: a line for each digit, its class and 16x16 numbers from -1,
 * black, to 1, white, with spaces between them.
 *
 * @returns images [n, 16, 16]
 * @throws {@link DataError} with the line of what is no such number, or is missing
 */
export function parseUsps(bytes: Uint8Array): ImageSet {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter(line => line.trim() !== '');
  if (lines.length === 0) throw new DataError('expected at least one digit, found none');
  const data = new Uint8Array(lines.length * side * side);
  const labels = new Uint8Array(lines.length);
  for (const [index, line] of lines.entries()) {
    const numbers = line.trim().split(/\s+/).map(Number);
    if (numbers.length !== columns)
      throw new DataError(`line ${index + 1}: expected ${columns} numbers, found ${numbers.length}`);
    const [label, ...pixels] = numbers as [number, ...number[]];
    if (!(Number.isInteger(label) && label >= 0 && label <= 9))
      throw new DataError(`line ${index + 1}: expected a digit, found ${label}`);
    labels[index] = label;
    for (const [at, value] of pixels.entries()) {
      if (!(value >= -1 && value <= 1))
        throw new DataError(`line ${index + 1}, number ${at + 2}: expected -1 to 1, found ${value}`);
      data[index * side * side + at] = Math.round((255 * (value + 1)) / 2);
    }
  }
  return { data, shape: [lines.length, side, side], labels };
}
