import { testOnEveryBackend } from '@capsnet/testing/vitest';

export default testOnEveryBackend('test/setup.ts');
