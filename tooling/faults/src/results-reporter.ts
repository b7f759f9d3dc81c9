import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestCase, TestModule } from 'vitest/node';
import { describeCommit, describeMachine } from '../../bench/src/report/machine';
import { reliabilityPage, resultList } from './reliability-page';
import type { Results } from './results';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const save = process.env.CAPSNET_FAULTS_SAVE === 'yes';

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
      command: `npm run test:faults${save ? ' -- --save' : ''}`,
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
    writeFileSync(`${root}/docs/reliability.json`, `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(`${root}/docs/reliability.md`, reliabilityPage(results));
  }
}

function resultOf(test: TestCase): Results['tests'][number] {
  const { counts = {}, missing } = test.meta();
  const suite = test.parent as { readonly name: string };
  return { fault: suite.name, name: test.name, state: test.result().state, counts, reason: missing };
}
