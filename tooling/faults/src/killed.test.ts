import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isFull, times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { describe, expect, test } from 'vitest';
import { backends, demandBackend } from './backends';
import { count } from './counts';
import { eventsOf, training, type Watched } from './training';

describe('SIGKILL at random moments of a training run', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    const { begin, resume, hasBegun, isFinished, pathOf, weights } = training({ backend });
    const started = performance.now();
    expect((await begin('undisturbed')).code).toBe(0);
    const duration = performance.now() - started;

    const random = linearCongruential(7);
    const wanted = times({ full: 50, quick: 4 });
    let attempts = 0;
    let kills = 0;
    let amidWriting = 0;
    let ends = 0;
    while (kills < wanted) {
      const name = `killed-${ends}`;
      let saved = 0;
      while (!isFinished(name)) {
        const checkpoints = join(pathOf(name), 'checkpoints');
        const before = unfinishedIn(checkpoints);
        const newlyUnfinished = () => unfinishedIn(checkpoints).filter(entry => !before.includes(entry));
        // Half of them whenever it may be, from the start of the process to its end, half amid a checkpoint.
        const moment =
          attempts++ % 2 === 0
            ? after(duration * random())
            : duringCheckpoint(checkpoints, 16 * random(), 20 * random());
        const watched = kills < wanted ? moment : {};
        const { signal, code, stdout, stderr } = await (hasBegun(name) ? resume : begin)(name, watched);
        const events = eventsOf(stdout);

        // Nothing is lost that was told to be saved.
        const [start] = events.filter(({ type }) => type === 'start');
        if (start)
          expect(start).toMatchObject({ damaged: [], step: expect.toSatisfy(step => step >= saved) });
        saved = events.filter(({ type }) => type === 'checkpoint').at(-1)?.step ?? saved;
        if (signal !== 'SIGKILL') {
          expect([code, stderr]).toEqual([0, '']);
          continue;
        }
        kills++;
        if (newlyUnfinished().length > 0) amidWriting++;
      }
      expect(weights(name).equals(weights('undisturbed')), name).toBe(true);
      // One that was killed after its last file leaves its lock, which counts for nothing.
      const files = contentOf(pathOf(name)).filter(file => file !== '.lock');
      expect(files).toEqual(contentOf(pathOf('undisturbed')));
      ends++;
    }
    // The few kills of the quick part may all miss one.
    if (isFull) expect(amidWriting, 'kills amid writing a checkpoint').toBeGreaterThan(0);
    count(context, {
      kills,
      'amid writing a checkpoint': amidWriting,
      'runs that ended with the bytes of an undisturbed one': `${ends} of ${ends}`,
    });
  });
});

function after(milliseconds: number): Watched {
  return { onStart: child => setTimeout(() => child.kill('SIGKILL'), milliseconds) };
}

/**
 * A checkpoint follows every step. From one step on, looks again and again whether the folder has changed, and kills
 * when it has seen that often enough.
 */
function duringCheckpoint(checkpoints: string, fromStep: number, sights: number): Watched {
  let child: ChildProcess;
  let steps = 0;
  let before = '';
  let seen = 0;
  const list = () => contentOf(checkpoints).join();
  const look = () => {
    if (list() !== before && ++seen >= sights) child.kill('SIGKILL');
    else if (child.exitCode === null && child.signalCode === null) setImmediate(look);
  };
  return {
    onStart(started) {
      child = started;
    },
    onLine(line) {
      if (!line.startsWith('{"type":"step"') || ++steps !== Math.ceil(fromStep)) return;
      before = list();
      look();
    },
  };
}

function unfinishedIn(checkpoints: string): string[] {
  return contentOf(checkpoints).filter(entry => entry.startsWith('.unfinished-'));
}

function contentOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
