import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromium, nativeAddon } from './machine.mjs';

// Not TypeScript, since Node loads this file itself for the vitest.config.ts of every package: types in vitest.d.mts.

export const backends = ['cpu', 'wasm', 'native', 'webgl'];

/** Tests read the packages' sources, so they need no build. */
const sourceCondition = '@capsnet/source';

const common = {
  reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
  maxWorkers: 2,
  // One process for all files of a worker: to start one and to load tfjs takes most of a short file's time.
  isolate: false,
};

export function testOnEveryBackend(setup, only = backends, include = ['src/**/*.test.ts']) {
  return defineConfig({
    test: { ...common, projects: only.map(backend => project(backend, setup, [...include])) },
  });
}

export function testInNode(include = ['src/**/*.test.ts', 'test/**/*.test.ts']) {
  return defineConfig({ ...resolution('node'), test: { ...common, include: [...include] } });
}

function project(backend, setup, include) {
  const missing = reasonMissing(backend);
  const inBrowser = backend === 'webgl' && missing === null;
  const otherPlace = backend === 'webgl' ? '**/*.node.test.ts' : '**/*.browser.test.ts';
  return {
    ...resolution(inBrowser ? 'browser' : 'node'),
    ...(inBrowser && { optimizeDeps: { include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'] } }),
    test: {
      name: backend,
      include,
      exclude: [otherPlace, '**/node_modules/**'],
      setupFiles: [setup],
      // The setup picks the backend anew for each file.
      isolate: false,
      provide: { backend, missing },
      testTimeout: 600_000,
      hookTimeout: 600_000,
      ...(inBrowser && { browser: inChromium() }),
    },
  };
}

function resolution(place) {
  const conditions = [sourceCondition, place, 'import', 'module', 'default'];
  return { resolve: { conditions }, ssr: { resolve: { conditions } } };
}

/** Headless Chromium that renders WebGL2 in software. */
function inChromium() {
  const args = [
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
  ];
  return {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions: { executablePath: chromium(), args } }),
    instances: [{ browser: 'chromium' }],
  };
}

function reasonMissing(backend) {
  if (backend === 'native' && !nativeAddon()) return 'the tfjs-node addon is not built';
  if (backend === 'webgl' && !chromium()) return 'no Chromium was found (set CHROMIUM_PATH)';
  return null;
}
