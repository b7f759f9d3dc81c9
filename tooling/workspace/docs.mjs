// `npm run docs`: installs, builds the tutorial, and serves it on this machine; the address is printed. Arguments go to
// the server: `npm run docs -- --port 8080`.
import { join } from 'node:path';
import { root } from './src/packages.mjs';
import { install, requireNode } from './src/prepare.mjs';
import { run, turbo } from './src/process.mjs';

requireNode();

async function docs() {
  const options = ['--log-prefix=none', '--output-logs=new-only'];
  const built = (await install()) || (await turbo(['build', '--filter=@capsnet/docs', ...options]));
  if (built !== 0) return built;
  const folder = join(root, 'apps', 'docs');
  const program = join('node_modules', 'vitepress', 'bin', 'vitepress.js');
  return run(process.execPath, [program, 'preview', ...process.argv.slice(2)], { cwd: folder });
}

process.exitCode = await docs();
