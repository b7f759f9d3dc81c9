import '@capsnet/testing/matchers';
// Registers the gradients of tfjs's own ops, as importing `@capsnet/core` whole does.
import '@tensorflow/tfjs-layers';
import { pickBackend } from '@capsnet/backend';
import { inject } from 'vitest';

// Files may make tensors before their tests are skipped for lack of a backend.
await pickBackend({ only: inject('missing') ? 'cpu' : inject('backend') });
