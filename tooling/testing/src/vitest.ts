import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import { chromium, nativeAddon } from './machine.mjs';

/** Backends a test may run on: three in Node, WebGL in Chromium. */
export const backends = ['cpu', 'wasm', 'native', 'webgl'] as const;
export type TestBackend = (typeof backends)[number];

declare module 'vitest' {
  interface ProvidedContext {
    /** The backend that this project's setup file has to pick. */
    backend: TestBackend;
    /** Why the backend is missing here; its tests are then counted as skipped. */
    missing: string | null;
  }
}

/** Tests read the packages' sources, so they need no build. */
const sourceCondition = '@capsnet/source';

/**
 * A Vitest configuration that runs every test file once per backend.
 * A backend that the machine lacks still has its project: each of its tests is then reported as skipped.
 *
 * @param setup the package's setup file, relative to its folder; it picks the backend named by `inject('backend')`
 * @param only  the backends to run on; all four when not given
 */
export function testOnEveryBackend(
  setup: string,
  only: readonly TestBackend[] = backends,
  include: readonly string[] = ['src/**/*.test.ts'],
): ViteUserConfig {
  return defineConfig({
    test: {
      reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
      maxWorkers: 2,
      projects: only.map(backend => project(backend, setup, [...include])),
    },
  });
}

/** A Vitest configuration for tests that need no tensors, or pick backends themselves, in Node. */
export function testInNode(
  include: readonly string[] = ['src/**/*.test.ts', 'test/**/*.test.ts'],
): ViteUserConfig {
  return defineConfig({
    resolve: { conditions: [sourceCondition, 'node', 'import', 'default'] },
    ssr: { resolve: { conditions: [sourceCondition, 'node', 'import', 'default'] } },
    test: {
      reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
      maxWorkers: 2,
      include: [...include],
    },
  });
}

function project(backend: TestBackend, setup: string, include: string[]): TestProjectInlineConfiguration {
  const missing = reasonMissing(backend);
  const inBrowser = backend === 'webgl' && missing === null;
  const conditions = [sourceCondition, inBrowser ? 'browser' : 'node', 'import', 'module', 'default'];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    ...(inBrowser && { optimizeDeps: { include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'] } }),
    test: {
      name: backend,
      include,
      exclude:
        backend === 'webgl'
          ? ['**/*.node.test.ts', '**/node_modules/**']
          : ['**/*.browser.test.ts', '**/node_modules/**'],
      setupFiles: [setup],
      provide: { backend, missing },
      testTimeout: 120_000,
      hookTimeout: 120_000,
      ...(inBrowser && {
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({
            launchOptions: {
              executablePath: chromium()!,
              args: [
                '--no-sandbox',
                '--use-angle=swiftshader',
                '--enable-unsafe-swiftshader',
                '--ignore-gpu-blocklist',
              ],
            },
          }),
          instances: [{ browser: 'chromium' as const }],
        },
      }),
    },
  };
}

function reasonMissing(backend: TestBackend): string | null {
  if (backend === 'native' && !nativeAddon()) return 'the tfjs-node addon is not built';
  if (backend === 'webgl' && !chromium()) return 'no Chromium was found (set CHROMIUM_PATH)';
  return null;
}
