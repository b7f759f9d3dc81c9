import { type Environment, mainScript } from '../environment.js';

export const deno: Environment = {
  name: 'Deno, with packages in `node_modules`',
  tool: 'deno',
  packages: ['deno@2'],
  files: { 'main.js': mainScript },
  commands: [['deno', 'run', '--allow-all', 'main.js']],
};
