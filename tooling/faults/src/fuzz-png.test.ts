import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { chunk, pixelBytes, png } from '@capsnet/testing/png';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { readPicture } from '../../../apps/train/src/pictures/read-picture';
import { UsageError } from '../../../apps/train/src/terminal/errors';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { folderInMemory } from './training';

const files = corpus('png');
const size = { width: 12, height: 8 };
const headerEnd = 33;

const colourChunks = fc
  .array(
    fc.tuple(
      fc.constantFrom('PLTE', 'tRNS', 'gAMA', 'tEXt', 'IHDR', 'IEND', 'zzzz'),
      fc.uint8Array({ maxLength: 12 }),
    ),
    {
      maxLength: 2,
    },
  )
  .map(chunks => chunks.map(([name, content]) => chunk(name, content)));

/** Chunks whose checksums are right, so that their contents are read: any header, and pixels that need not fit it. */
const structured = fc
  .record({
    depth: fc.constantFrom(1, 2, 4, 8, 16, 3, 0),
    colour: fc.constantFrom(0, 2, 3, 4, 6, 1, 7),
    interlacing: fc.constantFrom(0, 0, 0, 1),
    width: fc.constantFrom(size.width, size.width, size.width, 2 ** 31),
    others: colourChunks,
    pixels: fc.oneof(
      fc
        .uint8Array({ minLength: 1, maxLength: 8 })
        .map(pattern => (length: number) => Buffer.alloc(length, pattern)),
      fc.constantFrom(0, 1, 200_000).map(more => (length: number) => Buffer.alloc(length + more)),
    ),
  })
  .map(({ others, pixels, ...header }) => {
    const length = pixelBytes({ ...header, ...size });
    return png({ height: size.height, ...header }, pixels(length), others);
  });

/** Changed files with the checksum of the header put right, for otherwise nothing behind it is looked at. */
const mutated = mutatedBytes(files).map(bytes => {
  if (bytes.length < headerEnd) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt32BE(crc32(changed.subarray(12, headerEnd - 4)), headerEnd - 4);
  return new Uint8Array(changed);
});

describe('fuzzing', () => {
  test('PNG pictures', async context => {
    const file = join(folderInMemory(), 'picture.png');
    await fuzz(context, fc.oneof(mutated, structured), {
      async read(bytes) {
        writeFileSync(file, bytes);
        await readPicture(file, { ...size, channels: 1 });
      },
      isRefusal: error => error instanceof UsageError,
      sizeOf: bytes => bytes.length,
    });
  });
});
