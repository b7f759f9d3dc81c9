import '@capsnet/testing/matchers';
// Registers the gradients of tfjs's own ops, as importing `@capsnet/core` whole does.
import '@tensorflow/tfjs-layers';
import { pickBackend } from '@capsnet/backend';
import { inject } from 'vitest';

if (!inject('missing')) await pickBackend({ only: inject('backend') });
