// The program of a package with one mutant in it, beside the one that is there.
import { mutantPlugin } from './src/mutant-plugin.mjs';

// biome-ignore lint/style/noDefaultExport: how tsdown reads it
export default {
  entry: ['src/cli.ts'],
  outDir: 'dist-mutant',
  platform: 'node',
  dts: false,
  outExtensions: () => ({ js: '.js' }),
  plugins: [mutantPlugin()],
};
