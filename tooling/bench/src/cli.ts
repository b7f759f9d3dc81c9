import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { bench } from './bench';
import { fullPlan, quickPlan } from './plan';
import { type Machines, withReport } from './report/machines';
import { performancePage } from './report/performance-page';
import { speedInWords } from './report/readme';
import { resultTables } from './report/tables';

const docs = (name: string) => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
const tell = (line: string) => void process.stderr.write(`${line}\n`);

const command = new Command('npm run bench --')
  .description('How fast the packages are on this machine, against PyTorch and against plain TensorFlow.js.')
  .option('--quick', 'less than 5 minutes, once PyTorch is installed')
  .addOption(new Option('--only <backend>', 'one backend').choices(['native', 'wasm'] as const))
  .option('--phases', 'where the time of a training step goes, too')
  .option('--scaling', 'how cost grows with batch, iterations, capsules and image size, too')
  .option('--serving', 'how fast networks answer over HTTP, too')
  .addOption(
    new Option('--accuracy [epochs]', 'time to accuracy too, within so many epochs: an hour or two')
      .preset('6')
      .argParser(positiveNumber),
  )
  .option('--json', 'prints one JSON object, on one line, and no table')
  .option('--save', "writes this machine's entry into docs/performance.json, and docs/performance.md")
  .option('--page', 'writes docs/performance.md from docs/performance.json, and measures nothing')
  .action(
    async ({ page, quick, only, phases = false, scaling = false, serving = false, accuracy, json, save }) => {
      if (page) {
        writePage(readStored());
        return;
      }
      const args = process.argv.slice(2);
      const report = await bench({
        plan: quick ? quickPlan : fullPlan,
        backends: only ? [only] : ['native', 'wasm'],
        phases,
        scaling,
        serving,
        accuracyEpochs: accuracy ?? null,
        command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
        tell,
      });
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : `\n${resultTables(report)}\n`);
      if (save) {
        const machines = withReport(readStored(), report);
        writeFileSync(docs('performance.json'), `${JSON.stringify(machines, null, 1)}\n`);
        writePage(machines);
        tell(`README.md has to say: ${speedInWords(machines)}`);
      }
    },
  );

function readStored(): Machines {
  const path = docs('performance.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { machines: [] };
}

function writePage(machines: Machines): void {
  writeFileSync(docs('performance.md'), performancePage(machines));
}

function positiveNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

command.parseAsync().catch((error: Error) => {
  tell(`bench: ${error.message}`);
  process.exitCode = 1;
});
