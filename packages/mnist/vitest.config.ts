import { testOnEveryBackend } from '@capsnet/testing/vitest';
import { defineConfig } from 'vitest/config';

const setup = 'test/setup.ts';
const tensors = 'src/multi-mnist-batches.test.ts';

const groups = [
  testOnEveryBackend(setup, ['cpu']),
  testOnEveryBackend(setup, ['wasm', 'native'], [tensors]),
  testOnEveryBackend(setup, ['webgl'], [tensors, 'src/**/*.browser.test.ts']),
];

export default defineConfig({
  test: { ...groups[0]!.test, projects: groups.flatMap(group => group.test?.projects ?? []) },
});
