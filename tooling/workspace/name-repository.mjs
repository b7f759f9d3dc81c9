// Part of `npm run release`: npm takes a package with provenance only if its package.json names the repository whose
// workflow publishes it. On GitHub the environment says which that is; elsewhere there is no provenance.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './src/packages.mjs';

const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY } = process.env;

if (GITHUB_REPOSITORY) {
  const url = `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`;
  for (const { folder, manifest } of workspacePackages()) {
    if (manifest.private) continue;
    const file = join(root, folder, 'package.json');
    const named = {
      ...JSON.parse(readFileSync(file, 'utf8')),
      repository: { type: 'git', url, directory: folder },
    };
    writeFileSync(file, `${JSON.stringify(named, null, 2)}\n`);
  }
}
