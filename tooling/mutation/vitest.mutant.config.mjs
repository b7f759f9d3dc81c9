// A package's own configuration of Vitest, with one mutant in its sources: CAPSNET_MUTANT is the file and its new text.
import { join } from 'node:path';
import { loadConfigFromFile } from 'vite';
import { mutantPlugin } from './src/mutant-plugin.mjs';

const env = { command: /** @type {const} */ ('serve'), mode: 'test' };
const loaded = await loadConfigFromFile(env, join(process.cwd(), 'vitest.config.ts'));
if (loaded === null) throw new Error(`expected a vitest.config.ts in ${process.cwd()}, found none`);

/** @param {any} config Vite's, of a package or of one of its projects */
function withMutant(config) {
  return { ...config, plugins: [...(config.plugins ?? []), mutantPlugin()] };
}

const { test, ...config } = /** @type {any} */ (withMutant(loaded.config));

// biome-ignore lint/style/noDefaultExport: how Vitest reads it
export default {
  ...config,
  test: { ...test, ...(test.projects && { projects: test.projects.map(withMutant) }), reporters: ['dot'] },
};
