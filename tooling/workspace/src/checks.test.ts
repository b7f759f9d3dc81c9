import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readChecks } from './checks.mjs';
import { printReport } from './report.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'capsnet-checks-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const passed = { fullName: 'adds', status: 'passed', meta: {} };
const failed = { fullName: 'divides', status: 'failed', meta: { backend: 'wasm' } };
const skipped = { fullName: 'multiplies', status: 'skipped', meta: { missing: 'no Chromium' } };

/** What turbo and Vitest leave behind when one package, @x/a, ran one task. */
function checksOf(task: string, exitCode: number, files?: readonly object[]) {
  mkdirSync(join(root, 'runs'));
  mkdirSync(join(root, 'a'));
  const ran = { task, package: '@x/a', command: 'vitest', directory: 'a', cache: { status: 'HIT' } };
  const tasks = [{ ...ran, execution: { exitCode } }];
  writeFileSync(join(root, 'runs', 'one.json'), JSON.stringify({ packages: ['@x/a'], tasks }));
  if (files)
    writeFileSync(
      join(root, 'a', 'test-report.json'),
      JSON.stringify({ testResults: files.map(file => ({ name: join(root, 'a', 'a.test.ts'), ...file })) }),
    );
  const manifest = { name: '@x/a', version: '1.0.0', scripts: { [task]: 'vitest' } };
  return readChecks(root, join(root, 'runs'), [{ manifest }]);
}

describe('readChecks', () => {
  it('counts tests, replayed ones too', () => {
    const results = [{ status: 'passed', assertionResults: [passed, passed, skipped] }];
    expect(checksOf('test', 0, results)).toEqual([
      { package: '@x/a', task: 'test', cached: true, passed: 2, failed: [], skipped: ['no Chromium'] },
    ]);
  });

  it('counts a file that cannot be loaded as a failed test', () => {
    const results = [{ status: 'failed', message: 'no such module', assertionResults: [] }];
    expect(checksOf('test', 1, results)[0]?.failed).toEqual(['a.test.ts: no such module']);
  });

  it('counts a failed file with failed tests by its tests', () => {
    expect(checksOf('test', 1, [{ status: 'failed', assertionResults: [passed, failed] }])[0]).toMatchObject({
      passed: 1,
      failed: ['a.test.ts on wasm: divides'],
    });
  });

  it('counts a failure outside the tests', () => {
    const results = [{ status: 'passed', assertionResults: [passed] }];
    expect(checksOf('test', 1, results)[0]).toMatchObject({ passed: 1, failed: ['test: exit code 1'] });
  });

  it('counts a missing report as a failed test', () => {
    expect(checksOf('test', 0)[0]?.failed).toEqual(['test: left no test-report.json']);
  });

  it('counts any other task as one test', () => {
    expect(checksOf('typecheck', 0)[0]).toMatchObject({ passed: 1, failed: [] });
  });

  it('counts another task that failed as a failed test', () => {
    expect(checksOf('typecheck', 2)[0]).toMatchObject({ passed: 0, failed: ['typecheck: exit code 2'] });
  });

  it('counts a test that turbo did not come to as failed', () => {
    const manifest = { name: '@x/a', version: '1.0.0', scripts: { test: 'vitest' } };
    mkdirSync(join(root, 'runs'));
    writeFileSync(join(root, 'runs', 'one.json'), JSON.stringify({ packages: ['@x/a'], tasks: [] }));
    const [check] = readChecks(root, join(root, 'runs'), [{ manifest }]);
    expect(check?.failed).toEqual(['test: not run, because something that it needs failed']);
  });
});

describe('printReport', () => {
  const check = {
    package: '@x/a',
    task: 'test',
    cached: false,
    passed: 2,
    failed: [],
    skipped: ['why', 'why'],
  };
  const bad = { ...check, passed: 0, failed: ['divides'], skipped: [] };

  it('ends with the sums of all packages', () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line));
    expect(printReport([check, bad], 'this machine', ['size', '@x/a 3'])).toBe(1);
    vi.restoreAllMocks();
    expect(lines).toContain('    skipped 2: why');
    expect(lines.at(-2)).toBe('\nsize\n@x/a 3');
    expect(lines.at(-1)).toBe('\n2 passed, 1 failed, 2 skipped');
  });
});
