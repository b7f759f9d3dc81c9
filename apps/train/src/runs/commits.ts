import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { within } from '../terminal/errors';
import type { RunFolder } from './run-folder';

const commitsSchema = z.array(z.string());

/**
 * Keeps with the run which commit trains it from here on.
 *
 * @param commit undefined outside a repository
 * @returns all that have trained it, in the order in which they took over, separated by commas; undefined when none is known
 */
export async function recordCommit(
  { commits: file }: RunFolder,
  commit: string | undefined,
): Promise<string | undefined> {
  const before = existsSync(file)
    ? await within(file, async () => commitsSchema.parse(JSON.parse(await readFile(file, 'utf8'))))
    : [];
  if (commit === undefined && before.length === 0) return undefined;
  const now = commit ?? 'unknown';
  const commits = before.at(-1) === now ? before : [...before, now];
  await writeFileAtomic(file, `${JSON.stringify(commits)}\n`);
  return commits.join(', ');
}
