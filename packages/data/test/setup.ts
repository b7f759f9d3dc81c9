import '@capsnet/testing/matchers';
import { pickBackend } from '@capsnet/backend';
import { inject } from 'vitest';

if (!inject('missing')) await pickBackend({ only: inject('backend') });
