import { testOnEveryBackend } from '@capsnet/testing/vitest';
import { defineConfig } from 'vitest/config';

const setup = 'test/setup.ts';
const tensors = 'src/batches/**/*.test.ts';
/** What a browser does in its own way. */
const platform = 'src/{class-folders,files,pictures}/**/*.test.ts';

const groups = [
  testOnEveryBackend(setup, ['cpu']),
  testOnEveryBackend(setup, ['wasm', 'native'], [tensors]),
  testOnEveryBackend(setup, ['webgl'], [tensors, platform]),
];

export default defineConfig({
  test: { ...groups[0]!.test, projects: groups.flatMap(group => group.test?.projects ?? []) },
});
