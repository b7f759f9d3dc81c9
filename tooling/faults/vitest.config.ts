import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';

const reporters = process.env.CAPSNET_TESTS === 'full' ? ['./src/results-reporter.ts'] : [];

// Most faults are of a process that trains, again and again.
export default mergeConfig(testInNode(), {
  test: { testTimeout: 3_600_000, hookTimeout: 300_000, reporters },
});
