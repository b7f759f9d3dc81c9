import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundle } from '@capsnet/testing/child-process';
import { afterAll } from 'vitest';

/**
 * A program of this folder as Node runs it, for all tests of a file. It finds our kernels where they were built.
 *
 * @param name of its file
 */
export async function bundleOfSources(name: string): Promise<string> {
  const { script, remove } = await bundle(join(import.meta.dirname, name));
  afterAll(remove);
  // Kernels are looked for by the sources of the package, which Node finds here.
  const scope = join(dirname(script), 'node_modules/@capsnet');
  await mkdir(scope, { recursive: true });
  await symlink(join(import.meta.dirname, '..'), join(scope, 'backend'));
  return script;
}
