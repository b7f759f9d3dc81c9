import { besideThePage, type PageEnvironment, pageOf, pageScript } from '../environment.js';

const shared = {
  tool: 'rollup',
  packages: [
    'rollup@4',
    '@rollup/plugin-commonjs@29',
    '@rollup/plugin-node-resolve@16',
    '@web/rollup-plugin-import-meta-assets@2',
  ],
  commands: [['rollup', '--config', '--silent']],
};

const files = (plugins: string) => ({
  'main.js': pageScript,
  'dist/index.html': pageOf('./main.js'),
  'rollup.config.mjs': `import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
export default { input: 'main.js', output: { dir: 'dist' }, plugins: [resolve({ browser: true }), commonjs(), ${plugins}] };
`,
});

export const rollup: PageEnvironment = {
  ...shared,
  name: 'Rollup 4',
  files: files(''),
  filesAt: besideThePage,
  needs: '`wasmPaths` and `files`',
};

export const rollupWithAssets: PageEnvironment = {
  ...shared,
  name: 'Rollup 4 with `@web/rollup-plugin-import-meta-assets`',
  files: files('importMetaAssets()'),
};
