// `npm test`: installs, builds what the tests need, and runs every check and test through turbo.
// Arguments go to turbo: `npm test -- --filter=@capsnet/core`, `npm test -- --force`.
// Then it prints how large the packages are. The last line is the sum over all packages, cached results included.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../testing/src/machine.mjs';
import { failedCheck, readChecks } from './src/checks.mjs';
import { root, workspacePackages } from './src/packages.mjs';
import { install, provideNative, requireNode } from './src/prepare.mjs';
import { turbo } from './src/process.mjs';
import { printReport } from './src/report.mjs';
import { measure, readRecord, sizeLines } from './src/sizes.mjs';

requireNode();

async function test() {
  if ((await install()) !== 0) return [failedCheck('workspace', 'install', 'see above')];
  const built = await turbo(['build', '--filter=@capsnet/backend', '--output-logs=errors-only']);
  if (built === 0) await provideNative();

  // What an earlier run left must not be counted; turbo restores the reports of cached tests.
  const summaries = join(root, '.turbo', 'runs');
  rmSync(summaries, { recursive: true, force: true });
  for (const { folder } of workspacePackages())
    rmSync(join(root, folder, 'test-report.json'), { force: true });

  const options = ['--continue=dependencies-successful', '--output-logs=new-only', '--summarize'];
  const code = await turbo(['lint', 'typecheck', 'test', ...options, ...process.argv.slice(2)], {
    CAPSNET_TEST_MACHINE: machine(),
  });
  const checks = readChecks(root, summaries, workspacePackages());
  const explained = code === 0 || checks.some(({ failed }) => failed.length > 0);
  return explained ? checks : [...checks, failedCheck('workspace', 'turbo', `exit code ${code}, see above`)];
}

process.exitCode = printReport(await test(), machine(), sizeLines(measure(), readRecord()));
