import { join } from 'node:path';
import { root } from './packages.mjs';
import { install, requireNode } from './prepare.mjs';
import { run, turbo } from './process.mjs';

/**
 * Installs, builds an app that is a page, and serves it on this machine; the server prints the address.
 *
 * @param {{ app: string, server: 'vite' | 'vitepress', build: readonly string[] }} page `app` is its folder in `apps`,
 *   `server` the program whose `preview` takes what stands after `--` on our command line, `build` options of turbo
 * @returns {Promise<number>} exit code
 */
export async function serve({ app, server, build }) {
  requireNode();
  const prepared = (await install()) || (await turbo(['build', ...build]));
  if (prepared !== 0) return prepared;
  const program = join('node_modules', server, 'bin', `${server}.js`);
  return run(process.execPath, [program, 'preview', ...process.argv.slice(2)], {
    cwd: join(root, 'apps', app),
  });
}
