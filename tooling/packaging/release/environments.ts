import type { Environment, PageEnvironment } from './environment.js';
import { astro } from './pages/astro.js';
import { esbuild } from './pages/esbuild.js';
import { importMap } from './pages/import-map.js';
import { nextPage, nextServer } from './pages/next.js';
import { parcel } from './pages/parcel.js';
import { rollup, rollupWithAssets } from './pages/rollup.js';
import { svelteKit } from './pages/sveltekit.js';
import { viteBuild, viteDevelopment, viteWorker } from './pages/vite.js';
import { webpack } from './pages/webpack.js';
import { bun } from './programs/bun.js';
import { deno } from './programs/deno.js';
import { esbuildCommonJs } from './programs/esbuild.js';
import { jestCommonJs, jestModules } from './programs/jest.js';
import { commonJs, nodes } from './programs/node.js';
import { leastTypeScript } from './programs/typescript.js';

/** Where a page is tried. */
export const pages: readonly PageEnvironment[] = [
  viteBuild,
  viteDevelopment,
  viteWorker,
  webpack,
  esbuild,
  rollup,
  rollupWithAssets,
  parcel,
  nextPage,
  nextServer,
  astro,
  svelteKit,
  importMap,
];

/** Where a program without a page is tried. */
export const programs: readonly Environment[] = [
  ...nodes,
  commonJs,
  bun,
  deno,
  esbuildCommonJs,
  jestModules,
  jestCommonJs,
  leastTypeScript,
];
