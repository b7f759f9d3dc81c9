import { existsSync } from 'node:fs';
import { z } from 'zod';
import { conform } from '../config/resolve';
import { readJson } from '../files/json-file';
import { within } from '../terminal/errors';
import type { RunFolder } from './run-folder';
import type { Session } from './sessions';

/**
 * All commits that have trained a run, in the order in which they took over, separated by commas; undefined when none is
 * known. Earlier versions kept them in a file of their own.
 */
export async function commitsOf(
  { commits: file }: RunFolder,
  sessions: readonly Pick<Session, 'commit'>[],
): Promise<string | undefined> {
  const earlier = existsSync(file)
    ? await within(file, async () => conform(z.array(z.string()), await readJson(file), 'commits'))
    : [];
  const all = [...earlier, ...sessions.map(({ commit = 'unknown' }) => commit)];
  if (all.every(commit => commit === 'unknown')) return undefined;
  return all.filter((commit, at) => commit !== all[at - 1]).join(', ');
}
