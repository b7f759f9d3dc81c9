import { join } from 'node:path';
import { root, workspacePackages } from '@capsnet/workspace/packages';

/** The packages that a release publishes. */
export const published = workspacePackages().filter(({ manifest }) => !manifest.private);

/** A module that users import. */
export interface Entry {
  /** `trainer-node` for the module `dist/node.js` of @capsnet/trainer. */
  readonly name: string;
  /** The folder of its package. */
  readonly folder: string;
  /** Its file without the extension, which is .js for the code and .d.ts for the types. */
  readonly path: string;
}

/** All modules that the published packages export. */
export const entries: readonly Entry[] = published.flatMap(({ folder, manifest }) => {
  const files = JSON.stringify(manifest.exports ?? {}).matchAll(/"\.\/(dist\/([a-z-]+))\.js"/g);
  const modules = new Map(Array.from(files, ([, path = '', name]) => [path, name]));
  return Array.from(modules, ([path, name]) => ({
    name: `${folder.split('/')[1]}-${name}`,
    folder: join(root, folder),
    path: join(root, folder, path),
  }));
});
