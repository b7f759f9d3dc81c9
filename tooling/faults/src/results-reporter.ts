import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestCase, TestModule } from 'vitest/node';
import { describeCommit, describeMachine } from '../../bench/src/report/machine';
import { reliabilityPage, resultList } from './reliability-page';
import type { Results } from './results';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const save = process.env.CAPSNET_FAULTS_SAVE === 'yes';
/** Of the tests, what their names begin with or contain; empty for all. */
const part = process.env.CAPSNET_FAULTS_PART ?? '';
const file = `${root}/docs/reliability.json`;

/** A reporter of Vitest that prints what the tests of faults counted and, if asked to, stores it in docs/. */
// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its path
export default class ResultsReporter {
  private readonly started = performance.now();

  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules
      .toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1))
      .flatMap(module => [...module.children.allTests()])
      .filter(test => test.parent.type === 'suite')
      .map(resultOf);
    const results: Results = {
      command: `npm run test:faults${save || part ? ' --' : ''}${save ? ' --save' : ''}${part ? ` -t "${part}"` : ''}`,
      commit: describeCommit(root),
      date: new Date().toISOString(),
      seconds: (performance.now() - this.started) / 1000,
      machine: describeMachine(),
      tests,
    };
    console.log(`\n${resultList(results)}\n`);
    if (!save) return;
    if (tests.some(({ state }) => state === 'failed')) {
      console.log('not saved, for a test has failed');
      return;
    }
    const saved =
      part && existsSync(file) ? merged(JSON.parse(readFileSync(file, 'utf8')), results) : results;
    writeFileSync(file, `${JSON.stringify(saved, null, 1)}\n`);
    writeFileSync(`${root}/docs/reliability.md`, reliabilityPage(saved));
  }
}

/** The results of before, with those that ran now in the place of theirs. */
function merged(before: Results, { tests, command, commit, date }: Results): Results {
  const nameOf = ({ fault, name }: Results['tests'][number]) => `${fault} ${name}`;
  const now = new Map(
    tests
      .filter(({ state }) => state === 'passed')
      .map(test => [nameOf(test), { ...test, later: { command, commit, date } }] as const),
  );
  const known = new Set(before.tests.map(nameOf));
  return {
    ...before,
    tests: [
      ...before.tests.map(test => now.get(nameOf(test)) ?? test),
      ...[...now].filter(([name]) => !known.has(name)).map(([, test]) => test),
    ],
  };
}

function resultOf(test: TestCase): Results['tests'][number] {
  const { counts = {}, missing } = test.meta();
  const suite = test.parent as { readonly name: string };
  return { fault: suite.name, name: test.name, state: test.result().state, counts, reason: missing };
}
