import { show } from '@capsnet/checks';
import { DataError } from '../data-error';

/** What a file of NumPy holds, as far as it holds numbers. */
export interface NpyArray {
  /** In C order: the last axis varies fastest. */
  readonly data:
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | Float32Array
    | Float64Array;
  readonly shape: readonly number[];
}

type Read = (view: DataView, at: number, littleEndian: boolean) => number;

/** By the letters of NumPy, without the byte order. Whole numbers of 64 bits have to fit into 53. */
const types: Readonly<
  Record<
    string,
    { readonly bytes: number; readonly of: new (length: number) => NpyArray['data']; readonly read: Read }
  >
> = {
  b1: { bytes: 1, of: Uint8Array, read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, of: Uint8Array, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, of: Int8Array, read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, of: Uint16Array, read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, of: Int16Array, read: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, of: Uint32Array, read: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, of: Int32Array, read: (view, at, little) => view.getInt32(at, little) },
  u8: { bytes: 8, of: Float64Array, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { bytes: 8, of: Float64Array, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f4: { bytes: 4, of: Float32Array, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, of: Float64Array, read: (view, at, little) => view.getFloat64(at, little) },
};

/**
 * Reads a NumPy file (.npy), of versions 1 to 3, in C or in Fortran order, of any byte order. Objects are refused: they are Python
 * programs. Elements of a byte are a view of `bytes`.
 *
 * @throws {@link DataError} that says what was expected and what was found; sizes are compared with the bytes that are there before
 *   anything is allocated
 */
export function parseNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY')
    throw new DataError('expected a NumPy file, which begins with \\x93NUMPY, found something else');
  const major = bytes[6]!;
  if (major < 1 || major > 3 || (major > 1 && bytes.length < 12))
    throw new DataError(`expected a NumPy file of version 1 to 3, found ${major}`);
  const start = (major === 1 ? 10 : 12) + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length)
    throw new DataError(`expected a header of ${start} bytes, found ${bytes.length} in all`);
  const header = new TextDecoder().decode(bytes.subarray(major === 1 ? 10 : 12, start));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined || (descr === undefined && !header.includes("'descr'")))
    throw new DataError(`expected a header of a NumPy file, found ${show(header.slice(0, 80))}`);
  const type = types[descr?.slice(1) ?? ''];
  if (descr === undefined || !type) {
    const what = descr?.includes('O')
      ? 'objects, which are Python programs and are not run'
      : show(descr ?? 'records');
    throw new DataError(`expected numbers (u1 to u8, i1 to i8, f4, f8 or b1), found ${what}`);
  }
  const shape = sizes.split(',').flatMap(size => (size.trim() === '' ? [] : [Number.parseInt(size, 10)]));
  const count = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - start;
  if (count * type.bytes !== found)
    throw new DataError(
      `expected ${count * type.bytes} bytes for shape [${shape}] of ${descr}, found ${found}`,
    );
  const littleEndian = !descr.startsWith('>');
  if (type.of === Uint8Array && order === 'False') return { data: bytes.subarray(start), shape };
  const data = new type.of(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, start + i * type.bytes, littleEndian);
  return { data: order === 'True' ? inCOrder(data, shape) : data, shape };
}

/** From Fortran order, in which the first axis varies fastest. */
function inCOrder(data: NpyArray['data'], shape: readonly number[]): NpyArray['data'] {
  const turned = data.slice();
  const place = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  for (let to = 0; to < data.length; to++) {
    turned[to] = data[place.reduce((sum, position, axis) => sum + position * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      if (place[axis]! < shape[axis]!) break;
      place[axis] = 0;
    }
  }
  return turned;
}
