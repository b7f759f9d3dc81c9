// `npm run test:mutants`: changes the packages here and there and counts which changes their tests notice. It takes hours in
// full, so it samples. Options: `npm run test:mutants -- --help`. The sources stay as they are.
import { install, provideNative, requireNode } from '../workspace/src/prepare.mjs';
import { turbo } from '../workspace/src/process.mjs';

requireNode();

async function prepare() {
  return (
    (await install()) || (await turbo(['build', '--filter=@capsnet/train...', '--output-logs=errors-only']))
  );
}

const prepared = await prepare();
if (prepared === 0) {
  await provideNative();
  await (await import('./src/cli.mjs')).testMutants();
} else process.exitCode = prepared;
