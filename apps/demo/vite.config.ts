import { defineConfig } from 'vite';
import { formulas } from './build/formulas.ts';
import { mnistChunks } from './build/mnist-chunks.ts';
import { securityPolicy } from './build/security-policy.ts';
import { tutorial } from './build/tutorial.ts';

const plugins = () => [formulas(), mnistChunks()];
const headers = { 'Content-Security-Policy': securityPolicy };

export default defineConfig(({ isPreview }) => ({
  // So that the built page works in any folder of any server. Its links to the tutorial go to the folder above.
  base: isPreview ? '/demo/' : './',
  resolve: {
    conditions: ['@capsnet/source', 'browser', 'module', 'import', 'default'],
    dedupe: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
  },
  plugins: [...plugins(), tutorial()],
  worker: { format: 'es', plugins },
  build: { target: 'es2022', sourcemap: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // A worker has the policy that its own file came with, the page the one in its head too.
  preview: { headers },
}));
