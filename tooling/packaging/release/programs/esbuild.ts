import type { Environment } from '../environment.js';

const folder =
  "'file://' + process.cwd() + '/node_modules/@capsnet/pretrained/models/efficient-capsnet-mnist'";

export const esbuildCommonJs: Environment = {
  name: 'esbuild, a bundle in CommonJS for Node',
  tool: 'esbuild',
  packages: ['esbuild@0.28'],
  files: {
    'main.js': "import { program } from './program.js';\nprogram().then(() => console.log('done'));\n",
  },
  commands: [
    ['esbuild', 'main.js', '--bundle', '--platform=node', '--format=cjs', '--outfile=dist/main.cjs'],
    ['node', 'dist/main.cjs'],
  ],
  filesAt: { wasm: "'node_modules/@tensorflow/tfjs-backend-wasm/dist/'", model: folder },
  needs: '`wasmPaths` and `files`, or `--packages=external`',
};
