import { testInNode } from '@capsnet/testing/vitest';

// `npm run release:dry`: takes minutes, and asks the registry for the packages of others.
const inNode = testInNode(['release/**/*.test.ts']);

export default {
  ...inNode,
  test: { ...inNode.test, reporters: ['verbose'], testTimeout: 600_000, hookTimeout: 1_200_000 },
};
