import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import budgets from '../size-limit.config.mjs';
import { entries, published } from './entries.js';

const folder = fileURLToPath(new URL('..', import.meta.url));

describe('the sizes of the packages', () => {
  it('have a budget for every module and program', () => {
    const programs = published.filter(({ manifest }) => !('.' in (manifest.exports ?? {})));
    expect(budgets.filter(({ path }) => path.endsWith('.js'))).toHaveLength(entries.length + programs.length);
  });

  it('are within their budgets', () => {
    const sizeLimit = dirname(createRequire(import.meta.url).resolve('size-limit/package.json'));
    const args = [join(sizeLimit, 'bin.js'), '--config', 'size-limit.config.mjs'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});
