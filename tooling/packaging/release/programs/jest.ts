import type { Environment } from '../environment.js';

const shared = {
  tool: 'jest',
  packages: ['jest@30'],
  manifest: { jest: { testEnvironment: 'node', transform: {} } },
};
const jest = 'node_modules/jest/bin/jest.js';

export const jestModules: Environment = {
  ...shared,
  name: 'Jest, tests that are ES modules',
  files: {
    'program.test.js': `import { program } from './program.js';
test('the program', program, 60_000);
afterAll(() => console.log('done'));
`,
  },
  commands: [['node', '--experimental-vm-modules', jest]],
  needs: '`--experimental-vm-modules`',
};

export const jestCommonJs: Environment = {
  ...shared,
  name: 'Jest, tests that are CommonJS',
  files: { 'program.test.cjs': "test('the packages', () => { require('@capsnet/core'); });\n" },
  commands: [['node', jest, '--testMatch=**/*.cjs']],
  refusal: /Must use import to load ES Module/,
};
