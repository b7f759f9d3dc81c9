// `npm run test:faults`: what goes wrong on other people's machines, in full: kills, full disks, damaged and hostile files; and
// what else takes long, networks that learn from several seeds, and queues of trainings.
// With `-- --save`, what it counted goes into docs/reliability.json and docs/reliability.md.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../workspace/src/packages.mjs';
import { install, provideNative, requireNode } from '../workspace/src/prepare.mjs';
import { run, turbo } from '../workspace/src/process.mjs';

requireNode();

async function testFaults() {
  const installed = await install();
  if (installed !== 0) return installed;
  const { Command } = await import('commander');
  const { save, testNamePattern: part } = new Command('npm run test:faults --')
    .description("What goes wrong on other people's machines, in full.")
    .option('--save', 'writes what was counted into docs/reliability.json and docs/reliability.md')
    .option('-t, --testNamePattern <name>', 'only the faults with such a name')
    .parse()
    .opts();
  const built = await turbo(['build', '--filter=@capsnet/train...', '--output-logs=errors-only']);
  if (built !== 0) return built;
  await provideNative();
  const env = {
    CAPSNET_TESTS: 'full',
    CAPSNET_FAULTS_SAVE: save ? 'yes' : 'no',
    CAPSNET_FAULTS_PART: part ?? '',
  };
  const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run'];
  const faults = await run(process.execPath, [...vitest, ...(part ? ['-t', part] : [])], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env,
  });
  if (part) return faults;
  const learning = await run(process.execPath, [...vitest, '--project=native', 'learn'], {
    cwd: join(root, 'packages', 'core'),
    env,
  });
  const queues = await run(process.execPath, [...vitest, 'test/queue.test.ts'], {
    cwd: join(root, 'apps', 'train'),
    env,
  });
  return faults || learning || queues;
}

process.exitCode = await testFaults();
