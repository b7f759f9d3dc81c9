import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';

/** What came of an environment when it was last tried; a line of docs/compatibility.json. */
export interface Trial {
  readonly environment: string;
  /** Of its tool; empty where there is none. */
  readonly version: string;
  /** What a user has to do. */
  readonly needs: string;
  readonly outcome: 'works' | 'says that it cannot' | 'fails';
  /** As 2026-11-30. */
  readonly date: string;
}

export const trialsFile = join(root, 'docs', 'compatibility.json');
export const compatibilityPage = join(root, 'docs', 'compatibility.md');

const [begin, end] = ['<!-- trials -->\n', '<!-- end of trials -->\n'];

/** The page with the table of what was tried in the place of the one it has. */
export function pageWith(page: string, trials: readonly Trial[]): string {
  const [before, rest = ''] = page.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined)
    throw new Error(`docs/compatibility.md: expected the lines ${begin}${end}, found none`);
  const rows = trials.map(
    ({ environment, version, needs, outcome, date }) =>
      `| ${environment} | ${version} | ${outcome} | ${needs} | ${date} |\n`,
  );
  return `${before}${begin}\n| | version | outcome | what it needs | tried |\n|---|---|---|---|---|\n${rows.join('')}\n${end}${after}`;
}

export function readTrials(): Trial[] {
  return JSON.parse(readFileSync(trialsFile, 'utf8'));
}
