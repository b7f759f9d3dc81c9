import { testOnEveryBackend } from '@capsnet/testing/vitest';

export default testOnEveryBackend('test/setup.ts', undefined, ['src/**/*.test.ts', 'test/**/*.test.ts']);
