// `npm run photographs`: makes pictures that look like photographs. Options: `npm run photographs -- --help`.
import { fileURLToPath } from 'node:url';
import { install, requireNode } from '../workspace/src/prepare.mjs';
import { run, turbo } from '../workspace/src/process.mjs';

requireNode();
process.exitCode =
  (await install()) ||
  (await turbo(['build', '--filter=@capsnet/photographs...', '--output-logs=errors-only']));
if (process.exitCode === 0) {
  const program = fileURLToPath(new URL('dist/cli.js', import.meta.url));
  process.exitCode = await run(process.execPath, [program, ...process.argv.slice(2)]);
}
