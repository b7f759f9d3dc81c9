import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const packages = new URL('../../../packages/', import.meta.url);

/**
 * A module of the sources, which are not built when the site is.
 *
 * @param file its path below `packages/`
 */
export async function source<Module>(file: string): Promise<Module> {
  const resolve = { conditions: ['@capsnet/source'], noExternal: [/^@capsnet\//] };
  const { module } = await runnerImport<Module>(fileURLToPath(new URL(file, packages)), {
    environments: { inline: { resolve } },
  });
  return module;
}
