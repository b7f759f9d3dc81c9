/** What a training has come to on the validation images. */
export interface Score {
  /** Of the weights with the lowest loss so far. */
  readonly error: number;
  readonly loss: number;
}

/** One configuration of a sweep, and how far it is. */
export interface Trial {
  readonly number: number;
  /** At each level that it has come to; null where it diverged. */
  readonly scores: readonly (Score | null)[];
  /** The level that it is on its way to; undefined while nobody trains it. */
  readonly goal: number | undefined;
  /** Trained to its end, diverged, or never begun because it makes no network. */
  readonly isOver: boolean;
  /** Of those, the one that was trained to its end. */
  readonly isFinished: boolean;
}

/** A training to the next level. */
export interface Decision {
  readonly trial: number;
  readonly level: number;
}

/** What a sweep has to know to decide. */
export interface Halving {
  /** How many configurations there are. */
  readonly count: number;
  /** Rungs, and the end. */
  readonly levels: number;
  /** 1 in n configurations continues from a rung; this is n. */
  readonly reduction: number;
}

/**
 * What to train next, by asynchronous successive halving (Li et al. 2018, arXiv:1810.05934): the best training of the highest
 * rung where it is among the best 1/`reduction` of all that have come there and has not gone on yet; else the next
 * configuration. It looks at nothing but what has ended, so one training after the other gives the same decisions again.
 *
 * The paper's sweep never runs out of configurations. Here, when nothing is left and no training has come to its end, the best one of
 * the highest rung goes on alone.
 *
 * @param trials those begun so far, by number
 * @returns undefined when there is nothing to do, at least until something that is being trained has ended
 */
export function decide(
  trials: readonly Trial[],
  { count, levels, reduction }: Halving,
): Decision | undefined {
  for (let level = levels - 2; level >= 0; level--) {
    const next = bestWaiting(trials, level);
    const there = trials.filter(({ scores }) => scores.length > level);
    const places = Math.floor(there.length / reduction);
    if (next && there.filter(other => order(other, next, level) < 0).length < places)
      return { trial: next.number, level: level + 1 };
  }
  if (trials.length < count) return { trial: trials.length, level: 0 };
  if (trials.some(({ goal, isFinished }) => goal !== undefined || isFinished)) return undefined;
  for (let level = levels - 2; level >= 0; level--) {
    const next = bestWaiting(trials, level);
    if (next) return { trial: next.number, level: level + 1 };
  }
  return undefined;
}

/** Of those that are at this level, and may go on from it. */
function bestWaiting(trials: readonly Trial[], level: number): Trial | undefined {
  let best: Trial | undefined;
  for (const trial of trials) {
    const isWaiting = trial.scores.length === level + 1 && trial.goal === undefined && !trial.isOver;
    if (isWaiting && (!best || order(trial, best, level) < 0)) best = trial;
  }
  return best;
}

/** The best first: by error, then by loss, then by number. Those that diverged are last. */
function order(a: Trial, b: Trial, level: number): number {
  return byScore(a.scores[level], b.scores[level]) || a.number - b.number;
}

export function byScore(a: Score | null | undefined, b: Score | null | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return a.error - b.error || a.loss - b.loss;
}
