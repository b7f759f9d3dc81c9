import { CapsnetError } from '@capsnet/checks';
import { decodeCapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useBackend } from './backends';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { jsonText, mutatedJson } from './mutate-json';
import { headerOf, mutatedSafetensors, withHeader } from './mutate-safetensors';

const files = corpus('model-file');

/** The configuration of one with some changes, and all of its weights. */
const configured = fc.oneof(
  ...files.map(file => {
    const header = headerOf(file) as { readonly __metadata__: { readonly capsnet: string } };
    return mutatedJson([JSON.parse(header.__metadata__.capsnet)]).map(config =>
      withHeader(file, { ...header, __metadata__: { capsnet: jsonText(config) } }),
    );
  }),
);

describe('fuzzing', () => {
  test('model files', async context => {
    await useBackend(context, 'wasm');
    const tensors = tf.memory().numTensors;
    await fuzz(context, fc.oneof(mutatedBytes(files), mutatedSafetensors(files), configured), {
      read: bytes => decodeCapsNet(bytes).dispose(),
      isRefusal: error =>
        error instanceof CapsnetError && /^(safetensors|model file|capsNet): /.test(error.message),
      sizeOf: bytes => bytes.length,
    });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
