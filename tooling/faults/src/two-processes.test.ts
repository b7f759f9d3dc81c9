import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { times } from '@capsnet/testing/extent';
import { describe, expect, test } from 'vitest';
import type { Finished } from '../../../apps/train/test/command-line';
import { backends, demandBackend } from './backends';
import { count, skipBecause } from './counts';
import { training } from './training';

/** While the winner trains; or after that, for one that came late. */
const refused = {
  code: 2,
  stderr: expect.stringMatching(/^capsnet: [^\n]+ (is in use by process \d+ on [^\n]+|is finished)\n$/),
};

/** So many that one is still in its training when a busy machine comes to stop it. */
const steps = times({ full: 64, quick: 24 });

describe('two and more processes on one run folder', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    if (process.platform === 'win32') skipBecause(context, 'Windows cannot stop a process for a while');
    const { begin, resume, weights } = training({ backend, epochs: 1, steps });
    expect((await begin('undisturbed')).code).toBe(0);
    const rounds = times({ full: 10, quick: 1 });
    for (let round = 0; round < rounds; round++) {
      const name = `contended-${round}`;
      // One is held in its training until a second one has been refused, and killed then.
      let second: Promise<Finished> | undefined;
      const first = begin(name, {
        onLine(_, kill) {
          if (second) return;
          kill('SIGSTOP');
          second = resume(name).finally(() => kill('SIGKILL'));
        },
      });
      expect(await first).toMatchObject({ signal: 'SIGKILL' });
      expect(await second).toMatchObject(refused);

      // Three go on with it at the same time.
      const all = await Promise.all([resume(name), resume(name), resume(name)]);
      const others = all.filter(({ code }) => code !== 0);
      expect(others).toEqual([expect.objectContaining(refused), expect.objectContaining(refused)]);
      expect(weights(name).equals(weights('undisturbed'))).toBe(true);
    }
    count(context, {
      rounds,
      'refused while another one trained': rounds,
      'refused of three that resumed a killed one at once': 2 * rounds,
      'ended with the bytes of an undisturbed run': rounds,
    });
  });
});

describe('a run that is taken over from a process that lives', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    if (process.platform === 'win32') skipBecause(context, 'Windows cannot stop a process for a while');
    const { begin, resume, pathOf, weights } = training({ backend, epochs: 1, steps });
    expect((await begin('undisturbed')).code).toBe(0);
    const rounds = times({ full: 10, quick: 1 });
    for (let round = 0; round < rounds; round++) {
      const name = `taken-${round}`;
      let files: Map<string, string> | undefined;
      let second: Promise<Finished> | undefined;
      const first = await begin(name, {
        onLine(line, kill) {
          if (second || JSON.parse(line).step !== 1 + round) return;
          kill('SIGSTOP');
          second = resume(name, {}, ['--take-over']).finally(() => {
            files = filesOf(pathOf(name));
            kill('SIGCONT');
          });
        },
      });
      expect(await second).toMatchObject({ code: 0, stderr: '' });
      expect(first).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^capsnet: [^\n]+ was removed, so that another process may use [^\n]+\n$/,
        ),
      });
      expect(filesOf(pathOf(name))).toEqual(files);
      expect(weights(name).equals(weights('undisturbed'))).toBe(true);
    }
    count(context, {
      rounds,
      'ended with the bytes of an undisturbed run': rounds,
      'earlier processes that stopped and wrote nothing more': rounds,
    });
  });
});

/** But for the events of TensorBoard, a file for each process. */
function filesOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter(path => !path.includes('tfevents'))
      .map(path => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}
