import { testInNode, testOnEveryBackend } from '@capsnet/testing/vitest';

const onEveryBackend = testOnEveryBackend('test/setup.ts', undefined, ['src/**/!(*.node).test.ts']);
const inNode = testInNode(['src/**/*.node.test.ts']);

export default {
  ...onEveryBackend,
  test: {
    ...onEveryBackend.test,
    projects: [
      ...(onEveryBackend.test?.projects ?? []),
      {
        ...inNode,
        test: {
          ...inNode.test,
          name: 'node',
          setupFiles: ['@capsnet/testing/matchers'],
          // What has been picked before counts for them.
          isolate: true,
          provide: { missing: null },
          testTimeout: 600_000,
        },
      },
    ],
  },
};
