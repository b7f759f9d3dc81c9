import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';

// The command line is tested as a process, and a training takes its time on a busy machine.
// Isolated, since some files pick a backend in their own process, and others count on that of tfjs.
export default mergeConfig(testInNode(), {
  test: { testTimeout: 600_000, hookTimeout: 600_000, isolate: true },
});
