// `npm run release:dry`: rehearses a release, from the changesets to the projects of users.
// With `-- --save`, what it found of environments goes into docs/compatibility.json and docs/compatibility.md.
// Other arguments are Vitest's: `-- -t webpack` tries what has webpack in its name.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, requireNode } from '../workspace/src/prepare.mjs';
import { run } from '../workspace/src/process.mjs';

requireNode();

const others = process.argv.slice(2).filter(argument => argument !== '--save');
const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', 'vitest.release.config.ts'];
const options = {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  env: { CAPSNET_RELEASE_SAVE: others.length + 2 < process.argv.length ? 'yes' : 'no' },
};
process.exitCode = (await install()) || (await run(process.execPath, [...vitest, ...others], options));
