import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { explained } from './explained.mjs';
import { lineOf, mutantsOf, mutate } from './mutants.mjs';
import { passes } from './run-mutant.mjs';
import { shuffled } from './sample.mjs';
import { modulesOf, subjects } from './subjects.mjs';
import { typeChecker } from './type-checker.mjs';

/** Reads the command line and tries the tests of the packages that it names. */
export async function testMutants() {
  const names = Object.keys(subjects);
  const { only, sample, seed, module } = new Command('npm run test:mutants --')
    .description('Changes the packages here and there and counts which changes their tests notice.')
    .addOption(new Option('--only <package>', 'one package').choices(names))
    .option('--sample <n>', 'how many changes of each package', wholeNumber, 60)
    .option('--seed <n>', 'which ones', wholeNumber, 1)
    .option('--module <text>', 'only modules whose path has this text')
    .parse()
    .opts();
  const sums = { noticed: 0, survived: 0 };
  for (const name of only ? [only] : names) {
    const { noticed, survived } = await tryTests(name, { sample, seed, module });
    sums.noticed += noticed;
    sums.survived += survived.length;
    console.log(`\n${name}: ${score(noticed, survived.length)}`);
    for (const line of survived) console.log(line);
  }
  if (only === undefined) console.log(`\nall: ${score(sums.noticed, sums.survived)}`);
}

/** @param {string} text */
function wholeNumber(text) {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** @param {number} noticed @param {number} survived */
function score(noticed, survived) {
  const all = noticed + survived;
  return `${noticed} of ${all} changes are noticed, ${all === 0 ? '-' : ((100 * noticed) / all).toFixed(1)} %`;
}

/**
 * @param {string} name
 * @param {{ sample: number, seed: number, module?: string }} options
 */
async function tryTests(name, { sample, seed, module = '' }) {
  const subject = /** @type {import('./subjects.mjs').Subject} */ (subjects[name]);
  const limits = [];
  for (const stage of subject.stages) {
    const began = performance.now();
    if (!(await passes(subject, stage, undefined, 3600)))
      throw new Error(
        `${name}: expected its tests to pass as it is (${stage.args.join(' ')}), and they fail`,
      );
    limits.push(30 + (3 * (performance.now() - began)) / 1000);
  }

  const isAllowed = typeChecker(subject.folder);
  const changes = modulesOf(subject)
    .filter(path => path.includes(module))
    .flatMap(path => {
      const source = readFileSync(join(subject.folder, path), 'utf8');
      return mutantsOf(source).map(mutant => ({
        path,
        ...lineOf(source, mutant),
        text: mutate(source, mutant),
      }));
    });
  const known = explained[name] ?? [];
  const found = { noticed: 0, survived: /** @type {string[]} */ ([]) };
  let tried = 0;
  for (const { path, number, line, mutated, text } of shuffled(
    changes,
    seed,
    ({ path, text }) => path + text,
  )) {
    if (tried === sample) break;
    const file = join(subject.folder, path);
    const isExplained = known.some(
      each => `src/${each.module}` === path && each.line === line && each.mutated === mutated,
    );
    if (isExplained || !isAllowed(file, text)) continue;
    tried++;
    let survives = true;
    for (const [index, stage] of subject.stages.entries())
      survives = survives && (await passes(subject, stage, { file, text }, limits[index] ?? 0));
    const words = `${path}:${number}  ${line}  ->  ${mutated}`;
    process.stderr.write(`${name} ${tried}/${sample} ${survives ? 'SURVIVES' : 'noticed '} ${words}\n`);
    if (survives) found.survived.push(words);
    else found.noticed++;
  }
  return found;
}
