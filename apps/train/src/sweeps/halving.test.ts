import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { describe, expect, it } from 'vitest';
import { decide, type Halving, type Score, type Trial } from './halving';

interface Job {
  readonly trial: number;
  readonly level: number;
}
type ScoreOf = (job: Job) => Score | null;

/** Trains by the decisions, `workers` at a time; the one that `pick` chooses ends next. @returns all in the order in which they began */
function sweep(
  halving: Halving,
  score: ScoreOf,
  { workers = 1, pick = (_: number): number => 0 } = {},
): Job[] {
  const trials: Trial[] = [];
  const running: Job[] = [];
  const begun: Job[] = [];
  for (;;) {
    while (running.length < workers) {
      const next = decide(trials, halving);
      if (!next) break;
      const before = trials[next.trial] ?? {
        number: next.trial,
        scores: [],
        isOver: false,
        isFinished: false,
      };
      trials[next.trial] = { ...before, goal: next.level };
      running.push(next);
      begun.push(next);
    }
    if (running.length === 0) return begun;
    const [job] = running.splice(pick(running.length), 1) as [Job];
    const found = score(job);
    const trial = trials[job.trial]!;
    const isFinished = found !== null && job.level === halving.levels - 1;
    const scores = [...trial.scores, found];
    trials[job.trial] = {
      ...trial,
      goal: undefined,
      scores,
      isFinished,
      isOver: isFinished || found === null,
    };
  }
}

/** Algorithm 2 of arXiv:1810.05934, `get_job`, as the paper writes it, on errors by rung and trial. */
function paper({ count, levels, reduction }: Halving, error: (job: Job) => number): Job[] {
  const rungs = Array.from({ length: levels }, () => new Map<number, number>());
  const promoted = Array.from({ length: levels }, () => new Set<number>());
  const jobs: Job[] = [];
  for (let drawn = 0; ; ) {
    let job: Job | undefined;
    for (let k = levels - 2; k >= 0 && !job; k--) {
      const sorted = [...rungs[k]!].sort(([a, x], [b, y]) => x - y || a - b).map(([trial]) => trial);
      const top = sorted.slice(0, Math.floor(sorted.length / reduction));
      const candidate = top.find(trial => !promoted[k]!.has(trial));
      if (candidate !== undefined) {
        promoted[k]!.add(candidate);
        job = { trial: candidate, level: k + 1 };
      }
    }
    job ??= drawn < count ? { trial: drawn++, level: 0 } : undefined;
    if (!job) return jobs;
    jobs.push(job);
    rungs[job.level]!.set(job.trial, error(job));
  }
}

const halving: Halving = { count: 27, levels: 4, reduction: 3 };
const errors = (seed: number) => {
  const random = linearCongruential(seed);
  const table = Array.from({ length: 200 }, () => Array.from({ length: 5 }, () => random()));
  return ({ trial, level }: Job) => table[trial]![level]!;
};
const scored =
  (error: (job: Job) => number): ScoreOf =>
  job => ({ error: error(job), loss: 1 });

describe('one training after the other', () => {
  it('is what the paper says, until nothing is left', () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const count of [1, 2, 9, 27, 100]) {
        for (const reduction of [2, 3, 4]) {
          const error = errors(seed);
          const expected = paper({ count, levels: 4, reduction }, error);
          const found = sweep({ count, levels: 4, reduction }, scored(error));
          expect(found.slice(0, expected.length)).toEqual(expected);
          // What comes after it brings one to its end, if none has come there.
          const last = found.at(-1)!;
          if (found.length > expected.length) {
            expect(expected.some(({ level }) => level === 3)).toBe(false);
            expect(last.level).toBe(3);
          }
          expect(found.some(({ level }) => level === 3)).toBe(true);
        }
      }
    }
  });

  it('never begins anything twice', () => {
    const jobs = sweep(halving, scored(errors(3))).map(({ trial, level }) => `${trial} ${level}`);
    expect(new Set(jobs).size).toBe(jobs.length);
  });

  it('with errors that keep their order promotes a third each time, and finds the best', () => {
    // The best comes first: no promotion is ever regretted.
    const jobs = sweep(
      halving,
      scored(({ trial }) => trial / 100),
    );
    const at = (level: number) => jobs.filter(job => job.level === level).map(({ trial }) => trial);
    expect(at(1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(at(2)).toEqual([0, 1, 2]);
    expect(at(3)).toEqual([0]);
  });
});

it('several at a time, in whatever order they end, never wait for a whole rung, and come to an end', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = linearCongruential(seed);
    const pick = (count: number) => Math.floor(count * random());
    const jobs = sweep(halving, scored(errors(seed)), { workers: 1 + (seed % 5), pick });
    expect(new Set(jobs.map(({ trial, level }) => `${trial} ${level}`)).size).toBe(jobs.length);
    expect(jobs.filter(({ level }) => level === 0)).toHaveLength(27);
    expect(jobs.some(({ level }) => level === 3)).toBe(true);
    // Somebody is promoted before all have begun.
    expect(jobs.findIndex(({ level }) => level === 1)).toBeLessThan(26);
  }
});

it('the lower loss decides between equal errors, and then the lower number', () => {
  const losses = [3, 1, 1];
  const jobs = sweep({ count: 3, levels: 2, reduction: 3 }, ({ trial }) => ({
    error: 0.5,
    loss: losses[trial]!,
  }));
  expect(jobs.at(-1)).toEqual({ trial: 1, level: 1 });
});

it('what diverges counts as the worst, is not gone on with, and takes no place from others', () => {
  const isBad = ({ trial }: Job) => trial % 2 === 0;
  const error = errors(5);
  const jobs = sweep(halving, job => (isBad(job) ? null : { error: error(job), loss: 1 }));
  expect(jobs.filter(job => isBad(job) && job.level > 0)).toEqual([]);
  expect(jobs.some(({ level }) => level === 3)).toBe(true);
  expect(sweep(halving, () => null).map(({ level }) => level)).toEqual(Array.from({ length: 27 }, () => 0));
});

it('without rungs trains all to their end', () => {
  const jobs = sweep({ count: 5, levels: 1, reduction: 2 }, scored(errors(1)));
  expect(jobs).toEqual([0, 1, 2, 3, 4].map(trial => ({ trial, level: 0 })));
});
