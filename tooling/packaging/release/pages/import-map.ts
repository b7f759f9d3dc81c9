import { type PageEnvironment, pageScript } from '../environment.js';

const tfjs = (part: string) => `./node_modules/@tensorflow/tfjs-${part}/dist/tf-${part}.fesm.min.js`;
const nothing = 'data:text/javascript,export default {}';
const imports = {
  '@tensorflow/tfjs-core': tfjs('core'),
  '@tensorflow/tfjs-layers': tfjs('layers'),
  '@tensorflow/tfjs-backend-wasm': tfjs('backend-wasm'),
  '@tensorflow/tfjs-backend-cpu': tfjs('backend-cpu'),
  '@capsnet/backend': './node_modules/@capsnet/backend/dist/browser.js',
  '@capsnet/core': './node_modules/@capsnet/core/dist/index.js',
  '@capsnet/pretrained/efficient-capsnet-mnist':
    './node_modules/@capsnet/pretrained/dist/efficient-capsnet-mnist.js',
  '@capsnet/checks': './node_modules/@capsnet/checks/dist/index.js',
  '@capsnet/safetensors': './node_modules/@capsnet/safetensors/dist/index.js',
  'zod/mini': './node_modules/zod/mini/index.js',
  // What the backends of tfjs import and do not use in a page.
  ...Object.fromEntries(['fs', 'os', 'path', 'perf_hooks', 'seedrandom'].map(name => [name, nothing])),
};

export const importMap: PageEnvironment = {
  name: 'No bundler, an import map',
  packages: [],
  files: {
    'main.js': pageScript,
    'index.html': `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="./main.js"></script>`,
  },
  commands: [],
  served: '.',
  needs: 'the addresses of the packages, and an empty module for what the wasm backend imports of Node',
};
