import { gzipSync } from 'node:zlib';
import { DataError, gunzip } from '@capsnet/data';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';

const files = corpus('idx').map(bytes => new Uint8Array(gzipSync(bytes)));

/** Members behind each other, and what may follow them. */
const joined = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...files), mutatedBytes(files)), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(0, 1, 20, 600),
  )
  .map(([members, zeros]) => new Uint8Array(Buffer.concat([...members, new Uint8Array(zeros)])));

describe('fuzzing', () => {
  test('gzip files', context =>
    fuzz(context, fc.oneof(mutatedBytes(files), joined), {
      read: bytes => gunzip(bytes, { maxBytes: 2 ** 20 }),
      isRefusal: error => error instanceof DataError,
      sizeOf: bytes => bytes.length,
    }));
});
