/** @import { Check } from './checks.mjs' */

/**
 * Prints what was checked, what failed and what was skipped and why, how large the packages are, and last the sums.
 *
 * @param {readonly Check[]} checks
 * @param {string} machine  what they ran on
 * @param {readonly string[]} sizes
 * @returns {number} the exit code that fits
 */
export function printReport(checks, machine, sizes) {
  const sums = { passed: 0, failed: 0, skipped: 0 };
  const width = Math.max(...checks.map(check => check.package.length));
  console.log(`\n${machine}\n`);
  for (const { package: name, task, cached, passed, failed, skipped } of checks) {
    sums.passed += passed;
    sums.failed += failed.length;
    sums.skipped += skipped.length;
    const counts = `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
    console.log(`${name.padEnd(width)}  ${task.padEnd(9)}  ${counts}${cached ? '  (cached)' : ''}`);
    for (const [reason, count] of tally(skipped)) console.log(`    skipped ${count}: ${reason}`);
    for (const line of failed) console.log(`    FAILED  ${line}`);
  }
  console.log(`\n${sizes.join('\n')}`);
  console.log(`\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
  return sums.failed > 0 ? 1 : 0;
}

/**
 * @param {readonly string[]} names
 * @returns {Map<string, number>} how often each name occurs
 */
function tally(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
