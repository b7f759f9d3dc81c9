import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';

// The built page is driven in a real Chromium, which renders in software and takes its time on a busy machine.
export default mergeConfig(testInNode(), {
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
