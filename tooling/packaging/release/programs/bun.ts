import { type Environment, mainScript } from '../environment.js';

export const bun: Environment = {
  name: 'Bun',
  tool: 'bun',
  packages: ['bun@1'],
  files: { 'main.js': mainScript },
  commands: [['bun', 'main.js']],
};
