import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { index: 'src/index.ts', configuration: 'src/configuration/index.ts' },
  platform: 'neutral',
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
