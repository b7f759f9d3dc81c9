// `npm run demo`: from a fresh clone to the demo in a browser. Builds the page, serves it and prints its address.
//
//   npm run demo                    on the first free port from 4173
//   npm run demo -- --port 8080     with options of `vite preview`
import { join } from 'node:path';
import { root } from './src/packages.mjs';
import { install, requireNode } from './src/prepare.mjs';
import { run, turbo } from './src/process.mjs';

requireNode();

async function demo() {
  const options = ['--filter=@capsnet/demo...', '--concurrency=2', '--output-logs=errors-only'];
  const prepared = (await install()) || (await turbo(['build', ...options]));
  if (prepared !== 0) return prepared;
  const cwd = join(root, 'apps', 'demo');
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  return run(process.execPath, [vite, 'preview', ...process.argv.slice(2)], { cwd });
}

process.exitCode = await demo();
