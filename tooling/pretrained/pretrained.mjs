// `npm run pretrained`: turns a finished run into a published network. Options: `npm run pretrained -- --help`.
import { fileURLToPath } from 'node:url';
import { install, provideNative, requireNode } from '../workspace/src/prepare.mjs';
import { run, turbo } from '../workspace/src/process.mjs';

requireNode();
process.exitCode =
  (await install()) ||
  (await turbo(['build', '--filter=@capsnet/pretrained-publisher...', '--output-logs=errors-only']));
if (process.exitCode === 0) {
  await provideNative();
  const program = fileURLToPath(new URL('dist/cli.js', import.meta.url));
  process.exitCode = await run(process.execPath, [program, ...process.argv.slice(2)]);
}
