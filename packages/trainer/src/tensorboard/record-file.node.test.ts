import { expect, test } from 'vitest';
import { crc32c } from './record-file';

test.each([
  // RFC 3720, appendix B.4
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
  [new TextEncoder().encode('123456789'), 0xe3069283],
])('crc32c agrees with the published ones', (bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum);
});
