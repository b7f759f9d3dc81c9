import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bench } from './bench';
import { performancePage } from './performance-page';
import { fullPlan, quickPlan } from './plan';
import type { Report } from './report';
import { resultTables } from './tables';

const usage = `npm run bench -- [options]

  --quick              less than 5 minutes, once PyTorch is installed
  --only native|wasm   one backend
  --phases             where the time of a training step goes, too
  --scaling            how cost grows with batch, iterations, capsules and image size, too
  --json               prints one JSON object, on one line, and no table
  --save               writes docs/performance.json and docs/performance.md
  --page               writes docs/performance.md from docs/performance.json, and measures nothing
`;

const docs = (name: string) => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      phases: { type: 'boolean', default: false },
      scaling: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only } = values;
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (values.page) {
    writePage(existsSync(docs('performance.json')) ? readStored() : null);
    return;
  }
  if (only !== undefined && only !== 'native' && only !== 'wasm') {
    throw new Error(`expected --only native or --only wasm, found "${only}"`);
  }
  const report = await bench({
    plan: values.quick ? quickPlan : fullPlan,
    backends: only ? [only] : ['native', 'wasm'],
    phases: values.phases,
    scaling: values.scaling,
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    tell: line => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `\n${resultTables(report)}\n`);
  if (values.save) {
    writeFileSync(docs('performance.json'), `${JSON.stringify(report, null, 1)}\n`);
    writePage(report);
  }
}

function readStored(): Report {
  return JSON.parse(readFileSync(docs('performance.json'), 'utf8'));
}

function writePage(report: Report | null): void {
  writeFileSync(docs('performance.md'), performancePage(report));
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
