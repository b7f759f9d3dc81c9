import { defineConfig } from 'tsdown';

const shared = { dts: true, sourcemap: true, outExtensions: () => ({ js: '.js', dts: '.d.ts' }) } as const;

export default defineConfig([
  { ...shared, entry: ['src/node.ts', 'src/cli.ts'], platform: 'node' },
  {
    ...shared,
    entry: ['src/browser.ts'],
    platform: 'browser',
    copy: { from: 'node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm', to: 'dist/wasm' },
  },
]);
