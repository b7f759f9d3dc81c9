import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The folders of every copy of tfjs-node that this package or the user's project would import.
 * A strict package manager can keep several, one for each set of peer dependencies.
 */
export function tfjsNodeCopies(project = process.cwd()): string[] {
  const importers = [import.meta.url, join(project, 'package.json')];
  return [...new Set(importers.flatMap(importer => packageFolder('@tensorflow/tfjs-node', importer)))];
}

/** Where a package lies, by the rules of module resolution; empty when the importer has none. */
export function packageFolder(name: string, importer: string): [string] | [] {
  try {
    return [realpathSync(dirname(createRequire(importer).resolve(`${name}/package.json`)))];
  } catch {
    return [];
  }
}
