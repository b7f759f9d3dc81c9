import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { DataError } from '../data-error';
import { parseNpy } from './npy';
import { parseNpz } from './npz';

// Written by NumPy 2: base64 of np.save of each array.
const written = {
  'arange(6, u1).reshape(2, 3)':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQIDBAU=',
};

/** As the format's definition has it. */
export function npy(
  descr: string,
  shape: readonly number[],
  content: Uint8Array,
  { fortran = false, major = 1 } = {},
): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': ${descr.startsWith('[') ? descr : `'${descr}'`}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }\n`;
  const begin = Buffer.alloc(major === 1 ? 10 : 12);
  begin.set([0x93, ...Buffer.from('NUMPY'), major, 0]);
  if (major === 1) begin.writeUInt16LE(header.length, 8);
  else begin.writeUInt32LE(header.length, 8);
  return new Uint8Array(Buffer.concat([begin, Buffer.from(header), content]));
}

const bytesOf = (array: NodeJS.TypedArray) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('a NumPy file', () => {
  test('that NumPy wrote is read', () => {
    const bytes = Uint8Array.from(Buffer.from(written['arange(6, u1).reshape(2, 3)'], 'base64'));
    expect(parseNpy(bytes)).toEqual({ data: Uint8Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] });
  });

  test.each([
    ['|b1', Uint8Array.of(1, 0)],
    ['|i1', Int8Array.of(-1, 2)],
    ['<u2', Uint16Array.of(1, 65535)],
    ['<i2', Int16Array.of(-300, 300)],
    ['<u4', Uint32Array.of(1, 2 ** 32 - 1)],
    ['<i4', Int32Array.of(-70000, 1)],
    ['<f4', Float32Array.of(0.5, -2)],
    ['<f8', Float64Array.of(0.1, 1e300)],
  ])('may hold %s', (descr, array) => {
    expect(parseNpy(npy(descr, [2], bytesOf(array)))).toEqual({ data: array, shape: [2] });
  });

  test('may hold 64 bits, big ends first, and have a long header', () => {
    expect([...parseNpy(npy('<i8', [2], bytesOf(BigInt64Array.of(-5n, 7n)))).data]).toEqual([-5, 7]);
    expect([...parseNpy(npy('>i2', [2], Uint8Array.of(1, 2, 255, 255))).data]).toEqual([258, -1]);
    expect(parseNpy(npy('|u1', [1], Uint8Array.of(3), { major: 2 })).data).toEqual(Uint8Array.of(3));
  });

  test('may be in Fortran order', () => {
    const columns = Uint8Array.of(0, 3, 1, 4, 2, 5);
    expect(parseNpy(npy('|u1', [2, 3], columns, { fortran: true }))).toEqual({
      data: Uint8Array.of(0, 1, 2, 3, 4, 5),
      shape: [2, 3],
    });
    const three = Uint8Array.from({ length: 24 }, (_, at) => at);
    const { data } = parseNpy(npy('|u1', [2, 3, 4], three, { fortran: true }));
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 4; k++) expect(data[(i * 3 + j) * 4 + k]).toBe(i + 2 * (j + 3 * k));
  });

  test.each<[string, Uint8Array, string]>([
    ['objects', npy('|O', [1], Uint8Array.of(0)), 'found objects, which are Python programs and are not run'],
    [
      'records',
      npy("[('a', '<i4')]", [1], new Uint8Array(4)),
      'expected numbers (u1 to u8, i1 to i8, f4, f8 or b1), found "records"',
    ],
    ['complex numbers', npy('<c8', [1], new Uint8Array(8)), 'found "<c8"'],
    ['too few bytes', npy('<f4', [3], new Uint8Array(8)), 'expected 12 bytes for shape [3] of <f4, found 8'],
    ['sizes that no memory holds', npy('<f4', [2 ** 30, 2 ** 30], new Uint8Array(8)), 'bytes for shape'],
    ['something else', new TextEncoder().encode('PK and so on'), 'found something else'],
    [
      'a later version',
      npy('|u1', [1], Uint8Array.of(1), { major: 9 }),
      'expected a NumPy file of version 1 to 3, found 9',
    ],
  ])('with %s is refused', (_, bytes, message) => {
    expect(() => parseNpy(bytes)).toThrow(DataError);
    expect(() => parseNpy(bytes)).toThrow(message);
  });
});

describe('an archive of NumPy', () => {
  const one = npy('|u1', [2], Uint8Array.of(1, 2));

  test.each([0, 6] as const)('is read, compressed by level %d', level => {
    const archive = zipSync({ 'x_train.npy': one, 'readme.txt': Uint8Array.of(1) }, { level });
    expect(parseNpz(archive)).toEqual({ x_train: { data: Uint8Array.of(1, 2), shape: [2] } });
  });

  test('is refused when it is damaged, or something in it is', () => {
    const archive = zipSync({ 'x_train.npy': one });
    expect(() => parseNpz(archive.subarray(0, archive.length - 30))).toThrow('found a damaged one or none');
    expect(() => parseNpz(zipSync({ 'y.npy': one.subarray(0, 20) }))).toThrow('y: expected a header');
  });

  test('of too many bytes is refused before they are made', () => {
    const archive = Buffer.from(zipSync({ 'x.npy': new Uint8Array(1000) }));
    // The size without compression, in the central directory.
    archive.writeUInt32LE(2 ** 31, archive.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    expect(() => parseNpz(archive)).toThrow('expected at most 1073741824 bytes, found more, with x.npy');
  });
});
