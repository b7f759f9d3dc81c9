import { testInNode } from '@capsnet/testing/vitest';

export default testInNode();
