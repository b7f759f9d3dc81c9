import { defineConfig } from 'tsdown';

export default defineConfig({ entry: ['src/node.ts', 'src/browser.ts', 'src/cli.ts'], platform: 'neutral', dts: true, sourcemap: true, outExtensions: () => ({ js: '.js', dts: '.d.ts' }) });
