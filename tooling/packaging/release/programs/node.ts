import { type Environment, mainScript } from '../environment.js';

const node = (version: number): Environment => ({
  name: `Node ${version}`,
  tool: 'node',
  packages: [`node@${version}`],
  files: { 'main.js': mainScript },
  commands: [['node', 'main.js']],
});

export const nodes = [20, 22, 24, 26].map(node);

export const commonJs: Environment = {
  name: 'CommonJS, `require` of Node 20.19 and later',
  packages: [],
  files: {
    'main.cjs': `for (const name of ['backend', 'core', 'pretrained', 'pretrained/capsnet-mnist', 'checks', 'safetensors'])
  if (Object.keys(require('@capsnet/' + name)).length === 0) throw new Error(name);
require('./program.js').program().then(() => console.log('done'));
`,
  },
  commands: [['node', '--no-warnings', 'main.cjs']],
};
