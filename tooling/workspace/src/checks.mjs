import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @import { Manifest } from './packages.mjs' */

/**
 * The outcome of one task of one package. A type check, a lint or a build counts as one test.
 * @typedef {object} Check
 * @property {string} package
 * @property {string} task
 * @property {boolean} cached  turbo replayed an earlier run
 * @property {number} passed
 * @property {readonly string[]} failed   a line for each
 * @property {readonly string[]} skipped  a reason for each
 */

/**
 * What we read of the summary that `turbo run --summarize` writes.
 * @typedef {object} Task
 * @property {string} task
 * @property {string} package
 * @property {string} command  '<NONEXISTENT>' when the package has no such script
 * @property {string} directory
 * @property {{ status: string }} cache
 * @property {{ exitCode: number }} execution
 */

/**
 * What we read of the report that Vitest's json reporter writes.
 * @typedef {object} VitestReport
 * @property {{ name: string, status: string, message: string, assertionResults: TestResult[] }[]} testResults
 *
 * @typedef {object} TestResult
 * @property {string} fullName
 * @property {string} status  passed, failed, skipped, pending, todo or disabled
 * @property {{ backend?: string, missing?: string }} meta  set by `@capsnet/testing/matchers`
 */

const reportFile = 'test-report.json';

/**
 * @param {string} packageName
 * @param {string} task
 * @param {string} reason
 * @returns {Check}
 */
export function failedCheck(packageName, task, reason) {
  return {
    package: packageName,
    task,
    cached: false,
    passed: 0,
    failed: [`${task}: ${reason}`],
    skipped: [],
  };
}

/**
 * The checks of the last turbo run.
 *
 * @param {string} root       the repository's folder
 * @param {string} summaries  the folder where turbo wrote the run's summary, and nothing else
 * @param {readonly { manifest: Manifest }[]} workspace  the packages there are
 * @returns {Check[]} none when turbo wrote no summary
 */
export function readChecks(root, summaries, workspace) {
  const [file] = existsSync(summaries) ? readdirSync(summaries) : [];
  if (!file) return [];
  /** @type {{ packages: string[], tasks: Task[] }} */
  const { packages, tasks } = JSON.parse(readFileSync(join(summaries, file), 'utf8'));
  const ran = tasks.filter(({ command }) => command !== '<NONEXISTENT>').map(task => check(root, task));
  // Turbo leaves out the tasks that it did not run because one that they depend on failed.
  const missing = workspace
    .filter(({ manifest }) => packages.includes(manifest.name))
    .flatMap(({ manifest: { name, scripts = {} } }) =>
      ['typecheck', 'test']
        .filter(task => task in scripts && !ran.some(check => check.package === name && check.task === task))
        .map(task => failedCheck(name, task, 'not run, because something that it needs failed')),
    );
  return [...ran, ...missing];
}

/**
 * @param {string} root
 * @param {Task} task
 * @returns {Check}
 */
function check(root, { package: packageName, task, directory, cache, execution }) {
  const { exitCode } = execution;
  const cached = cache.status === 'HIT';
  if (task !== 'test') {
    if (exitCode !== 0) return failedCheck(packageName, task, `exit code ${exitCode}`);
    return { package: packageName, task, cached, passed: 1, failed: [], skipped: [] };
  }
  const path = join(root, directory, reportFile);
  if (!existsSync(path)) return failedCheck(packageName, task, `left no ${reportFile}`);
  const counts = countTests(JSON.parse(readFileSync(path, 'utf8')), join(root, directory));
  if (exitCode !== 0 && counts.failed.length === 0) counts.failed.push(`${task}: exit code ${exitCode}`);
  return { package: packageName, task, cached, ...counts };
}

/**
 * @param {VitestReport} report
 * @param {string} folder  the package's
 */
function countTests({ testResults }, folder) {
  const counts = { passed: 0, failed: /** @type {string[]} */ ([]), skipped: /** @type {string[]} */ ([]) };
  for (const file of testResults) {
    const path = relative(folder, file.name);
    const failedBefore = counts.failed.length;
    for (const { status, fullName, meta } of file.assertionResults) {
      const place = meta.backend ? `${path} on ${meta.backend}` : path;
      if (status === 'passed') counts.passed++;
      else if (status === 'failed') counts.failed.push(`${place}: ${fullName}`);
      else counts.skipped.push(meta.missing ?? `${place}: ${fullName} (${status})`);
    }
    // A file that cannot be loaded, or a hook that fails, has no failed test of its own.
    if (file.status === 'failed' && counts.failed.length === failedBefore) {
      counts.failed.push(`${path}: ${file.message}`);
    }
  }
  return counts;
}
