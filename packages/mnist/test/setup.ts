import '@capsnet/testing/matchers';
import { pickBackend } from '@capsnet/backend';
import { inject } from 'vitest';

// Files may make tensors before their tests are skipped for lack of a backend.
await pickBackend({ only: inject('missing') ? 'cpu' : inject('backend') });
