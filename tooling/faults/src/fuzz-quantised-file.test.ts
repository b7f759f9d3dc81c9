import { CapsnetError } from '@capsnet/checks';
import { decodeQuantised } from '@capsnet/pretrained/quantised';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useBackend } from './backends';
import { corpus } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { mutatedSafetensors } from './mutate-safetensors';

const [decoder, weights] = corpus('quantised-file') as [Uint8Array, Uint8Array];
const changed = (file: Uint8Array) => fc.oneof(mutatedBytes([file]), mutatedSafetensors([file]));

describe('fuzzing', () => {
  test('quantised files', async context => {
    await useBackend(context, 'wasm');
    const tensors = tf.memory().numTensors;
    const inputs = fc.oneof(
      fc.record({ weights: changed(weights) }),
      fc.record({ weights: changed(weights), decoder: fc.constant(decoder) }),
      fc.record({ weights: fc.constant(weights), decoder: changed(decoder) }),
    );
    await fuzz<{ weights: Uint8Array; decoder?: Uint8Array }>(context, inputs, {
      read: files => decodeQuantised(files).dispose(),
      isRefusal: error =>
        error instanceof CapsnetError &&
        /^(safetensors|model file|quantised file|capsNet): /.test(error.message),
      sizeOf: ({ weights, decoder }) => weights.length + (decoder?.length ?? 0),
    });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
