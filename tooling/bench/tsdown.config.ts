import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    cli: 'src/cli.ts',
    'tfjs-worker': 'src/contenders/tfjs-worker.ts',
    'plain-server': 'src/serving/plain-server.ts',
  },
  platform: 'node',
  dts: false,
  sourcemap: true,
  outExtensions: () => ({ js: '.js' }),
});
