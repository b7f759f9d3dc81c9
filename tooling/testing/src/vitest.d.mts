import type { ViteUserConfig } from 'vitest/config';

/** Backends a test may run on: three in Node, WebGL in Chromium. */
export declare const backends: readonly ['cpu', 'wasm', 'native', 'webgl'];
export type TestBackend = (typeof backends)[number];

declare module 'vitest' {
  interface ProvidedContext {
    /** The backend that this project's setup file has to pick. */
    backend: TestBackend;
    /** Why the backend is missing here; its tests are then counted as skipped. */
    missing: string | null;
  }
}

/**
 * A Vitest configuration that runs every test file once per backend.
 * A backend that the machine lacks still has its project: each of its tests is then reported as skipped.
 *
 * @param setup   the package's setup file, relative to its folder; it picks the backend named by `inject('backend')`
 * @param only    the backends to run on; all four when not given
 * @param include default `['src/**\/*.test.ts']`
 */
export declare function testOnEveryBackend(
  setup: string,
  only?: readonly TestBackend[],
  include?: readonly string[],
): ViteUserConfig;

/**
 * A Vitest configuration for tests that need no tensors, or pick backends themselves, in Node.
 *
 * @param include default `['src/**\/*.test.ts', 'test/**\/*.test.ts']`
 */
export declare function testInNode(include?: readonly string[]): ViteUserConfig;
