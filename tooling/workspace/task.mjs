// `npm run api-report` and the like: installs, and runs one task through turbo with what it depends on.
import { install, requireNode } from './src/prepare.mjs';
import { turbo } from './src/process.mjs';

requireNode();

async function task() {
  return (
    (await install()) || turbo([...process.argv.slice(2), '--log-prefix=none', '--output-logs=new-only'])
  );
}

process.exitCode = await task();
