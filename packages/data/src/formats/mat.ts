import type { Bytes } from '@capsnet/checks';
import { DataError } from '../data-error';
import { maxFileBytes, readAll } from '../files/gunzip';

/** Numbers of MATLAB, in its order: the first axis varies fastest. */
export interface MatArray {
  readonly data: Uint8Array | Float64Array;
  readonly shape: readonly number[];
}

/** What the variables and fields of a file of MATLAB are: numbers, a structure, or something that is not read. */
export type MatValue = MatArray | { readonly fields: Readonly<Record<string, MatValue>> } | undefined;

/** The data types of elements that hold numbers, with their bytes. */
const numbers: Readonly<
  Record<
    number,
    { readonly bytes: number; readonly read: (view: DataView, at: number, little: boolean) => number }
  >
> = {
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  4: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  5: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  6: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  7: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  9: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  12: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  13: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

const type = { uint8: 2, matrix: 14, compressed: 15 } as const;
/** The classes of matrices that are read: structures, and from double on numbers. */
const matrixClass = { structure: 2, firstOfNumbers: 6, lastOfNumbers: 15 } as const;
const headerBytes = 128;
/** Structures within structures. */
const mostLevels = 8;

/**
 * Reads a file of MATLAB of version 5 to 7 (.mat): its variables by their names, as far as they are real numbers or single structures
 * of such. Bytes are a view of the file, or of what was decompressed.
 *
 * @param options.maxBytes decompressing stops with an error beyond this number of bytes. Default 1 GiB
 * @throws {@link DataError} when it is no such file, is damaged or cut off; sizes are compared with the bytes that are there before
 *   anything is allocated
 */
export async function parseMat(
  bytes: Uint8Array,
  { maxBytes = maxFileBytes }: { readonly maxBytes?: number | undefined } = {},
): Promise<Readonly<Record<string, MatValue>>> {
  const order = String.fromCharCode(...bytes.subarray(126, headerBytes));
  if (order !== 'IM' && order !== 'MI')
    throw new DataError(`expected a file of MATLAB (version 5 to 7), found ${otherKind(bytes)}`);
  const little = order === 'IM';
  const variables: Record<string, MatValue> = {};
  let room = maxBytes;
  for (const element of elements(bytes.subarray(headerBytes), little)) {
    let matrix: Element | undefined = element;
    if (element.type === type.compressed) {
      const inflated = await inflate(element.bytes, room);
      room -= inflated.length;
      [matrix] = elements(inflated, little);
    }
    if (matrix?.type !== type.matrix) continue;
    const { name, value } = readMatrix(matrix.bytes, little, 0);
    Object.defineProperty(variables, name, { value, enumerable: true });
  }
  return variables;
}

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** One after the other: type and length, then the bytes, filled up to eight; of up to four bytes, all in one such tag. */
function* elements(bytes: Uint8Array, little: boolean): Generator<Element, undefined, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw cutOff(8, bytes.length - at);
    const first = view.getUint32(at, little);
    const isSmall = first >>> 16 !== 0;
    const length = isSmall ? first >>> 16 : view.getUint32(at + 4, little);
    const start = at + (isSmall ? 4 : 8);
    const room = isSmall ? 4 : bytes.length - start;
    if (length > room) throw cutOff(length, room);
    const kind = isSmall ? first & 0xffff : first;
    yield { type: kind, bytes: bytes.subarray(start, start + length) };
    const isFilled = kind !== type.compressed;
    at = isSmall ? at + 8 : start + (isFilled ? 8 * Math.ceil(length / 8) : length);
  }
}

function cutOff(expected: number, found: number): DataError {
  return new DataError(`expected ${expected} more bytes in the file of MATLAB, found ${found}`);
}

/** Flags, sizes, the name, then what it holds; nothing at all for an empty one in a structure. */
function readMatrix(bytes: Uint8Array, little: boolean, level: number): { name: string; value: MatValue } {
  if (bytes.length === 0) return { name: '', value: undefined };
  const parts = elements(bytes, little);
  const next = () => {
    const { value } = parts.next();
    if (value === undefined) throw cutOff(8, 0);
    return value;
  };
  const flags = next().bytes[little ? 0 : 3];
  const shape = [...numbersOf(next(), little)];
  const name = textOf(next().bytes);
  if (flags === matrixClass.structure) return { name, value: structure() };
  if (flags === undefined || flags < matrixClass.firstOfNumbers || flags > matrixClass.lastOfNumbers)
    return { name, value: undefined };
  return { name, value: { data: expectCount(next(), shape), shape } };

  function structure(): MatValue {
    // Of a list of structures nobody could say which was meant.
    if (shape.some(size => size !== 1) || level === mostLevels) return undefined;
    const [width = 0] = numbersOf(next(), little);
    const names = next().bytes;
    const fields: Record<string, MatValue> = {};
    for (let at = 0; at < names.length && width > 0; at += width) {
      const value = readMatrix(next().bytes, little, level + 1).value;
      Object.defineProperty(fields, textOf(names.subarray(at, at + width)), { value, enumerable: true });
    }
    return { fields };
  }

  function expectCount(element: Element, shape: readonly number[]): MatArray['data'] {
    const data = numbersOf(element, little);
    const expected = shape.reduce((product, size) => product * size, 1);
    if (data.length === expected) return data;
    throw new DataError(
      `expected ${expected} numbers for ${name || 'a field'} of ${shape.join(' x ')}, found ${data.length}`,
    );
  }
}

/** A number may be written in a smaller type than its matrix is of. */
function numbersOf({ type: kind, bytes }: Element, little: boolean): MatArray['data'] {
  if (kind === type.uint8) return bytes;
  const number = numbers[kind];
  if (!number) throw new DataError(`expected numbers in the file of MATLAB, found the data type ${kind}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / number.bytes);
  return Float64Array.from({ length: count }, (_, i) => number.read(view, i * number.bytes, little));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
}

async function inflate(bytes: Uint8Array, maxBytes: number): Promise<Bytes> {
  const stream = new Blob([bytes as Bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return readAll(stream, maxBytes).catch(cause => {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`damaged file of MATLAB: ${(cause as Error).message}`, { cause });
  });
}

function otherKind(bytes: Uint8Array): string {
  const begin = String.fromCharCode(...bytes.subarray(0, 10));
  if (begin === 'MATLAB 7.3' || begin.startsWith('\x89HDF'))
    return 'one of version 7.3: save it with -v7 or -v6';
  return bytes.length < headerBytes ? `${bytes.length} bytes` : 'something else';
}
