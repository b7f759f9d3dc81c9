import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/node.ts', 'src/browser.ts'],
  platform: 'neutral',
  deps: { neverBundle: [/^node:/, 'sharp'] },
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
