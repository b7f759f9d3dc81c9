import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/cli.ts'],
  platform: 'node',
  dts: false,
  sourcemap: true,
  // Optional: brought by who wants the dashboard.
  deps: { neverBundle: [/^@bull-board\//] },
  outExtensions: () => ({ js: '.js' }),
});
