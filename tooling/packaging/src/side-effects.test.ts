import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { entries, published } from './entries.js';

// A bundler drops a module that is imported for its effect alone, unless `sideEffects` in package.json names it.

const modules = entries.map(({ name, path }) => ({ name, file: `${path}.js` }));
const programs = published.flatMap(({ folder, manifest }) =>
  Object.entries(manifest.bin ?? {}).map(([name, file]) => ({ name, file: join(root, folder, file) })),
);

describe('a bundle', () => {
  it.each([...modules, ...programs])('keeps what $name does when it is loaded', async ({ file }) => {
    expect(usesImports(await bundle(file, 'as declared'))).toBe(usesImports(await bundle(file, 'all kept')));
  });
});

/** What a module does to the world it does by what it imports; filling its own tables is none of that. */
function usesImports(code: string): boolean {
  return /^import .* from /m.test(code);
}

/** A module imported for its effects: what of it a bundler keeps. */
async function bundle(file: string, effects: 'as declared' | 'all kept'): Promise<string> {
  const entry = 'virtual:entry';
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      rolldownOptions: { input: entry, external: id => id !== entry && !/^([./]|[A-Z]:)/.test(id) },
    },
    plugins: [
      {
        name: 'import-for-effects',
        enforce: 'pre',
        resolveId: id => (id === entry ? id : undefined),
        load: id => (id === entry ? `import ${JSON.stringify(file)};` : undefined),
        transform: code => (effects === 'all kept' ? { code, moduleSideEffects: true } : undefined),
      },
    ],
  });
  return (output as Rolldown.RolldownOutput).output[0].code;
}
