import { besideThePage, type PageEnvironment, pageOf, pageScript } from '../environment.js';

export const esbuild: PageEnvironment = {
  name: 'esbuild',
  tool: 'esbuild',
  packages: ['esbuild@0.28'],
  files: { 'main.js': pageScript, 'dist/index.html': pageOf('./main.js') },
  commands: [['esbuild', 'main.js', '--bundle', '--format=esm', '--outdir=dist']],
  filesAt: besideThePage,
  needs: '`wasmPaths` and `files`: it leaves `new URL(..., import.meta.url)` as it is',
};
