// How large each public module may be: minified and compressed by brotli, with its dependencies but without tfjs and without
// pngjs and sharp, which Node loads only when it decodes a picture, and without SHA-256 in JavaScript, which only pages by plain
// http load.
// `npx size-limit --config size-limit.config.mjs` in this folder measures. A budget is about a tenth above the size.

/** @param {object} config esbuild's */
const asModule = config => ({ ...config, format: 'esm' });

/**
 * @param {string} name
 * @param {string} path   relative to the folder of the packages
 * @param {string} limit
 */
function bundled(name, path, limit) {
  const ignore = ['@tensorflow/*', 'node:*', 'pngjs', 'sharp', './sha2-*.js'];
  return { name, path: `../../packages/${path}`, limit, ignore, modifyEsbuildConfig: asModule };
}

/**
 * Files as they are, for what is full of weights does not shrink.
 *
 * @param {string} name
 * @param {string} path
 * @param {string} limit
 */
function raw(name, path, limit) {
  const disablePlugins = ['@size-limit/esbuild'];
  return { name, path: `../../packages/pretrained/models/${path}`, limit, brotli: false, disablePlugins };
}

// biome-ignore lint/style/noDefaultExport: how size-limit reads it
export default [
  bundled('@capsnet/core', 'core/dist/index.js', '35 kB'),
  bundled('@capsnet/core/configuration', 'core/dist/configuration.js', '7.4 kB'),
  bundled('@capsnet/checks', 'checks/dist/index.js', '1.2 kB'),
  bundled('@capsnet/checks/node', 'checks/dist/node.js', '2.1 kB'),
  bundled('@capsnet/safetensors', 'safetensors/dist/index.js', '2.4 kB'),
  bundled('@capsnet/data (node)', 'data/dist/node.js', '28 kB'),
  bundled('@capsnet/data (browser)', 'data/dist/browser.js', '26.8 kB'),
  bundled('@capsnet/mnist (node)', 'mnist/dist/node.js', '12.5 kB'),
  bundled('@capsnet/mnist (browser)', 'mnist/dist/browser.js', '11.7 kB'),
  bundled('@capsnet/trainer', 'trainer/dist/index.js', '10.1 kB'),
  bundled('@capsnet/trainer/node', 'trainer/dist/node.js', '8.2 kB'),
  bundled('@capsnet/trainer/browser', 'trainer/dist/browser.js', '5.9 kB'),
  bundled('@capsnet/backend (node)', 'backend/dist/node.js', '18 kB'),
  bundled('@capsnet/backend (browser)', 'backend/dist/browser.js', '7.2 kB'),
  bundled('@capsnet/pretrained', 'pretrained/dist/index.js', '37 kB'),
  bundled('@capsnet/pretrained/capsnet-mnist', 'pretrained/dist/capsnet-mnist.js', '36 kB'),
  bundled(
    '@capsnet/pretrained/efficient-capsnet-mnist',
    'pretrained/dist/efficient-capsnet-mnist.js',
    '36 kB',
  ),
  bundled(
    '@capsnet/pretrained/efficient-capsnet-multimnist',
    'pretrained/dist/efficient-capsnet-multimnist.js',
    '36 kB',
  ),
  bundled('@capsnet/pretrained/quantised', 'pretrained/dist/quantised.js', '35 kB'),
  raw('capsnet-mnist', 'capsnet-mnist/*.safetensors', '9 MB'),
  raw('efficient-capsnet-mnist, to classify', 'efficient-capsnet-mnist/weights.safetensors', '400 kB'),
  raw(
    'efficient-capsnet-multimnist, to classify',
    'efficient-capsnet-multimnist/weights.safetensors',
    '400 kB',
  ),
  // A program has its dependencies beside it.
  {
    name: '@capsnet/train',
    path: '../../apps/train/dist/*.js',
    limit: '168 kB',
    disablePlugins: ['@size-limit/esbuild'],
  },
];
