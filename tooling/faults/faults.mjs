// `npm run test:faults`: what goes wrong on other people's machines, in full: kills, full disks, damaged and hostile files.
// With `-- --save`, what it counted goes into docs/reliability.json and docs/reliability.md.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install, provideNative, requireNode } from '../workspace/src/prepare.mjs';
import { run, turbo } from '../workspace/src/process.mjs';

requireNode();

async function testFaults() {
  const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } } });
  const prepared =
    (await install()) || (await turbo(['build', '--filter=@capsnet/train...', '--output-logs=errors-only']));
  if (prepared !== 0) return prepared;
  await provideNative();
  return run(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { CAPSNET_FAULTS: 'full', CAPSNET_FAULTS_SAVE: values.save ? 'yes' : 'no' },
  });
}

process.exitCode = await testFaults();
