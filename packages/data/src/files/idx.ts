import { show } from '@capsnet/checks';
import { DataError } from '../data-error';

/** The elements of an IDX file. */
export type IdxElements = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds. */
export interface IdxArray {
  /** In C order: the last axis varies fastest. */
  readonly data: IdxElements;
  readonly shape: readonly number[];
}

interface ElementType {
  readonly bytes: number;
  read(data: DataView, count: number): IdxElements;
}

/** By the third byte of the file. */
const elementTypes: Readonly<Record<number, ElementType>> = {
  8: { bytes: 1, read: (data, count) => new Uint8Array(data.buffer, data.byteOffset, count) },
  9: { bytes: 1, read: (data, count) => new Int8Array(data.buffer, data.byteOffset, count) },
  11: { bytes: 2, read: (data, count) => decode(new Int16Array(count), i => data.getInt16(2 * i)) },
  12: { bytes: 4, read: (data, count) => decode(new Int32Array(count), i => data.getInt32(4 * i)) },
  13: { bytes: 4, read: (data, count) => decode(new Float32Array(count), i => data.getFloat32(4 * i)) },
  14: { bytes: 8, read: (data, count) => decode(new Float64Array(count), i => data.getFloat64(8 * i)) },
};

/**
 * Reads an IDX file, the format of MNIST: two zero bytes, the element type, the rank, one 32-bit size for each
 * dimension, then the elements in C order. All numbers are big endian.
 *
 * The elements of a byte type are a view of `bytes`, not a copy.
 *
 * @param bytes the whole file, uncompressed (see `gunzip`)
 * @throws DataError when the file is malformed; says what was expected, what was found and at which byte. The sizes are
 *   compared with the bytes that are there before anything is allocated.
 */
export function parseIdx(bytes: Uint8Array | ArrayBuffer): IdxArray {
  const file = asDataView(bytes);
  expectBytes(file, 4, 'the 4 bytes of an IDX magic number');
  const zeros = file.getUint16(0);
  if (zeros !== 0) {
    const hint = zeros === 0x1f8b ? ', the start of a gzip file: gunzip it first' : '';
    throw malformed(0, 'two zero bytes', `${hex(file.getUint8(0))} ${hex(file.getUint8(1))}${hint}`);
  }
  const code = file.getUint8(2);
  const type = elementTypes[code];
  if (!type) throw malformed(2, 'an element type (08, 09, 0b, 0c, 0d or 0e)', hex(code));
  const rank = file.getUint8(3);
  if (rank === 0) throw malformed(3, 'at least 1 dimension', '0');
  const start = 4 + 4 * rank;
  expectBytes(file, start, `the sizes of ${rank} dimensions, which end at byte ${start}`);

  const shape = Array.from({ length: rank }, (_, axis) => file.getUint32(4 + 4 * axis));
  // Big integers, because the product of 255 sizes overflows everything else.
  const elements = shape.reduce((product, size) => product * BigInt(size), 1n);
  const expected = elements * BigInt(type.bytes);
  const found = file.byteLength - start;
  if (expected !== BigInt(found)) {
    throw malformed(start, `${expected} bytes of elements for shape [${shape}]`, `${found}`);
  }
  const data = new DataView(file.buffer, file.byteOffset + start, found);
  return { data: type.read(data, Number(elements)), shape };
}

function asDataView(bytes: Uint8Array | ArrayBuffer): DataView {
  if (ArrayBuffer.isView(bytes)) return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes instanceof ArrayBuffer) return new DataView(bytes);
  throw new DataError(`parseIdx: expected the bytes of a file, found ${show(bytes)}`);
}

function decode<T extends IdxElements>(elements: T, element: (i: number) => number): T {
  for (let i = 0; i < elements.length; i++) elements[i] = element(i);
  return elements;
}

function expectBytes(file: DataView, count: number, what: string): void {
  if (file.byteLength < count) throw malformed(file.byteLength, what, 'the end of the file');
}

function malformed(byte: number, expected: string, found: string): DataError {
  return new DataError(`not a well-formed IDX file: expected ${expected}, found ${found} (at byte ${byte})`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
