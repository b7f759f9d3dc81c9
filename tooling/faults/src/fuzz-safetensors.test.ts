import { readFileSync } from 'node:fs';
import { CapsnetError } from '@capsnet/checks';
import { decodeSafetensors } from '@capsnet/safetensors';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { mutatedSafetensors } from './mutate-safetensors';

const python = new URL('../../../packages/safetensors/test/golden/python.safetensors', import.meta.url);
const files = [...corpus('safetensors'), new Uint8Array(readFileSync(python))];

describe('fuzzing', () => {
  test('safetensors files', context =>
    fuzz(context, fc.oneof(mutatedBytes(files), mutatedSafetensors(files)), {
      read: bytes => decodeSafetensors(bytes),
      isRefusal: error => error instanceof CapsnetError && error.message.startsWith('safetensors: '),
      sizeOf: bytes => bytes.length,
    }));
});
