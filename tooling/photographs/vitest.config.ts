import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';

export default mergeConfig(testInNode(), { test: { testTimeout: 60_000 } });
