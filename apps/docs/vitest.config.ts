import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';

// The built site is read and driven in a real Chromium, which takes its time on a busy machine.
export default mergeConfig(testInNode(), {
  test: { testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false },
});
