import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of records, as TensorFlow writes them. */
export interface RecordFile {
  /** What has been added survives the death of the process. */
  add(record: Uint8Array): void;
}

/**
 * Appends to a TFRecord file: of each record its length, 64 bits, a checksum of those, the record, and a checksum of it.
 *
 * @param path made when the first record is added
 */
export function recordFile(path: string): RecordFile {
  return {
    add(record) {
      const length = Buffer.alloc(12);
      length.writeBigUInt64LE(BigInt(record.length));
      length.writeUInt32LE(maskedChecksum(length.subarray(0, 8)), 8);
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(maskedChecksum(record));
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, Buffer.concat([length, record, checksum]));
    },
  };
}

/** A checksum of data that hold checksums would be weak: so it is turned and moved. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

/** The CRC-32 of Castagnoli's polynomial, reflected (RFC 3720). */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) checksum = table[(checksum ^ byte) & 0xff]! ^ (checksum >>> 8);
  return (checksum ^ 0xffffffff) >>> 0;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});
