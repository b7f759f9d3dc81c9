import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/capsnet-mnist.ts',
    'src/efficient-capsnet-mnist.ts',
    'src/efficient-capsnet-multimnist.ts',
    'src/quantised.ts',
  ],
  platform: 'neutral',
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
