import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/capsnet-mnist.ts',
    'src/efficient-capsnet-mnist.ts',
    'src/efficient-capsnet-multimnist.ts',
    'src/quantised.ts',
    'src/read-file.node.ts',
    'src/read-file.browser.ts',
  ],
  platform: 'neutral',
  // Which of the two it is, Node and bundlers decide by the `imports` of package.json.
  deps: { neverBundle: [/^node:/, '#read-file'] },
  dts: true,
  sourcemap: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
