import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, Option } from '@commander-js/extra-typings';
import { bench } from './bench';
import { fullPlan, quickPlan } from './plan';
import { performancePage } from './report/performance-page';
import type { Report } from './report/report';
import { resultTables } from './report/tables';

const docs = (name: string) => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

const command = new Command('npm run bench --')
  .description('How fast the packages are on this machine, against PyTorch and against plain TensorFlow.js.')
  .option('--quick', 'less than 5 minutes, once PyTorch is installed')
  .addOption(new Option('--only <backend>', 'one backend').choices(['native', 'wasm'] as const))
  .option('--phases', 'where the time of a training step goes, too')
  .option('--scaling', 'how cost grows with batch, iterations, capsules and image size, too')
  .option('--json', 'prints one JSON object, on one line, and no table')
  .option('--save', 'writes docs/performance.json and docs/performance.md')
  .option('--page', 'writes docs/performance.md from docs/performance.json, and measures nothing')
  .action(async ({ page, quick, only, phases = false, scaling = false, json, save }) => {
    if (page) {
      writePage(existsSync(docs('performance.json')) ? readStored() : null);
      return;
    }
    const args = process.argv.slice(2);
    const report = await bench({
      plan: quick ? quickPlan : fullPlan,
      backends: only ? [only] : ['native', 'wasm'],
      phases,
      scaling,
      command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
      tell: line => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `\n${resultTables(report)}\n`);
    if (save) {
      writeFileSync(docs('performance.json'), `${JSON.stringify(report, null, 1)}\n`);
      writePage(report);
    }
  });

function readStored(): Report {
  return JSON.parse(readFileSync(docs('performance.json'), 'utf8'));
}

function writePage(report: Report | null): void {
  writeFileSync(docs('performance.md'), performancePage(report));
}

command.parseAsync().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
