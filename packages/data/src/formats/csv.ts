import { DataError } from '../data-error';
import type { ImageSet } from '../sets/image-set';

/** A number of a field, and where the next one begins. */
const [comma, lineFeed, carriageReturn, quote, space, zero, nine] = Array.from(',\n\r" 09', character =>
  character.charCodeAt(0),
) as [number, number, number, number, number, number, number];

/** What a table of pixels holds; without a column of labels it is no set. */
export type CsvImages = Pick<ImageSet, 'data' | 'shape'> & { readonly labels?: ImageSet['labels'] };

/**
 * Reads a CSV file as Kaggle has it: an image in each line, its pixels 0..255 row by row, and its label in the column that the first
 * line names `label`, or in the first column when the first line is an image itself. Images are square: s² pixels are gray, 3 s² are
 * colours, red, green and blue of each pixel side by side.
 *
 * Millions of numbers and nothing else: a general reader, which makes a string of each, takes many times as long.
 *
 * @throws {@link DataError} with the line of what is no whole number, is too large, or is missing
 */
export function parseCsv(bytes: Uint8Array): CsvImages {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const header = headerOf(bytes, start);
  const columns = header.names?.length ?? header.count;
  const labelColumn = header.names ? header.names.indexOf('label') : 0;
  const pixels = columns - (labelColumn < 0 ? 0 : 1);
  const shape = shapeOf(pixels);
  const most = countLines(bytes, header.end);
  const data = new Uint8Array(most * pixels);
  const labels = new Uint16Array(most);
  let line = header.names ? 1 : 0;
  let image = 0;
  for (let at = header.end; at < bytes.length; ) {
    line++;
    const end = endOfLine(bytes, at);
    if (isBlank(bytes, at, end)) {
      at = end + 1;
      continue;
    }
    let pixel = image * pixels;
    for (let column = 0; column < columns; column++) {
      const { value, next } = numberAt(bytes, at, end, line, column);
      const isLabel = column === labelColumn;
      if (value > (isLabel ? 65_535 : 255)) {
        throw new DataError(
          `line ${line}, column ${column + 1}: expected ${isLabel ? 'a label of at most 65535' : 'a pixel of at most 255'}, found ${value}`,
        );
      }
      if (isLabel) labels[image] = value;
      else data[pixel++] = value;
      at = next;
    }
    if (at <= end) throw new DataError(`line ${line}: expected ${columns} columns, found more`);
    at = end + 1;
    image++;
  }
  if (image === 0) throw new DataError('expected at least one image, found none');
  return {
    data: data.subarray(0, image * pixels),
    shape: [image, ...shape],
    ...(labelColumn >= 0 && { labels: narrowed(labels.subarray(0, image)) }),
  };
}

interface Header {
  /** Undefined when the first line is an image. */
  readonly names?: readonly string[];
  readonly count: number;
  /** Where images begin. */
  readonly end: number;
}

/** Longer than the names of any number of pixels that are in use. */
const longestLine = 2 ** 22;

function headerOf(bytes: Uint8Array, start: number): Header {
  const end = endOfLine(bytes, start);
  if (end - start > longestLine)
    throw new DataError(`line 1: expected at most ${longestLine} bytes, found ${end - start}`);
  const line = new TextDecoder().decode(bytes.subarray(start, end)).trimEnd();
  const fields = line.split(',').map(field => field.trim().replace(/^"(.*)"$/, '$1'));
  if (fields.length < 2)
    throw new DataError(
      `line 1: expected numbers or names with commas between them, found ${JSON.stringify(line.slice(0, 40))}`,
    );
  if (fields.every(field => /^\d+$/.test(field))) return { count: fields.length, end: start };
  return {
    names: fields.map(field => field.toLowerCase()),
    count: fields.length,
    end: Math.min(end + 1, bytes.length),
  };
}

function shapeOf(pixels: number): number[] {
  for (const channels of [1, 3]) {
    const side = Math.sqrt(pixels / channels);
    if (Number.isInteger(side) && side > 0) return channels === 1 ? [side, side] : [side, side, 3];
  }
  throw new DataError(
    `expected s² pixels of a square image, or 3 s² in colour, found ${pixels} columns of pixels`,
  );
}

function countLines(bytes: Uint8Array, from: number): number {
  let count = 1;
  for (let at = from; at < bytes.length; at++) if (bytes[at] === lineFeed) count++;
  return count;
}

function endOfLine(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(lineFeed, from);
  return at < 0 ? bytes.length : at;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== carriageReturn && bytes[at] !== space) return false;
  return true;
}

function numberAt(
  bytes: Uint8Array,
  from: number,
  end: number,
  line: number,
  column: number,
): { readonly value: number; readonly next: number } {
  let value = 0;
  let digits = 0;
  let at = from;
  for (; at < end && bytes[at] !== comma; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      value = value * 10 + (byte - zero);
      digits++;
    } else if (byte !== space && byte !== quote && byte !== carriageReturn) {
      digits = 0;
      break;
    }
  }
  if (digits === 0) {
    const field = new TextDecoder().decode(bytes.subarray(from, Math.min(end, from + 20))).split(',')[0]!;
    throw new DataError(
      `line ${line}, column ${column + 1}: expected a whole number, found ${from > end || field.trim() === '' ? 'nothing' : JSON.stringify(field)}`,
    );
  }
  return { value, next: at + 1 };
}

/** In bytes, where they have room. */
function narrowed(labels: Uint16Array): ImageSet['labels'] {
  return labels.every(label => label < 256) ? Uint8Array.from(labels) : labels.slice();
}
