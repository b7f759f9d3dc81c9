import { DataError, parseIdx } from '@capsnet/data';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';

/** A header that may be right, sizes that may be anything, and some elements. */
const structured = fc
  .tuple(
    fc.constantFrom(8, 9, 11, 12, 13, 14, 0, 10, 255),
    fc.array(fc.oneof(fc.nat(3), fc.constantFrom(255, 2 ** 16, 2 ** 31, 2 ** 32 - 1)), { maxLength: 5 }),
    fc.uint8Array({ maxLength: 48 }),
  )
  .map(([type, shape, elements]) => {
    const bytes = Buffer.alloc(4 + 4 * shape.length);
    bytes.set([0, 0, type, shape.length]);
    for (const [axis, size] of shape.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
    return new Uint8Array(Buffer.concat([bytes, elements]));
  });

describe('fuzzing', () => {
  test('IDX files', context =>
    fuzz(context, fc.oneof(mutatedBytes(corpus('idx')), structured), {
      read: bytes => parseIdx(bytes),
      isRefusal: error => error instanceof DataError,
      sizeOf: bytes => bytes.length,
    }));
});
