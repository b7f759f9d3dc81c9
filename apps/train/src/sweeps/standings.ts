import { formatCount, formatPercent } from '@capsnet/checks';
import { columns } from '../terminal/console';
import { printableName } from '../terminal/printable';
import { byScore } from './halving';
import { levelsOf, rungText } from './levels';
import type { Sweep } from './sweep';
import type { Begun, SweepState } from './sweep-state';

/** One configuration among the others. */
export interface Standing {
  /** From 1; null for what was not trained to any rung. */
  readonly rank: number | null;
  readonly trial: Begun;
  /** Of its run folder. */
  readonly run: string;
}

/** Of the runs of a sweep: `007`. */
export function numberText(number: number, { configurations }: Sweep): string {
  return String(number).padStart(Math.max(3, String(configurations.length - 1).length), '0');
}

/** Those trained to the end first, then those of the highest rung; of these the one with the lowest error, then the lowest loss. */
export function standingsOf({ trials }: SweepState, sweep: Sweep): Standing[] {
  const height = ({ isFinished, scores }: Begun) => (isFinished ? levelsOf(sweep.described) : scores.length);
  const isRanked = ({ scores }: Begun) => scores.at(-1) != null;
  return [...trials]
    .sort(
      (a, b) =>
        Number(isRanked(b)) - Number(isRanked(a)) ||
        height(b) - height(a) ||
        byScore(a.scores.at(-1), b.scores.at(-1)) ||
        a.number - b.number,
    )
    .map((trial, index) => ({
      rank: isRanked(trial) ? index + 1 : null,
      trial,
      run: `${sweep.name}-${numberText(trial.number, sweep)}`,
    }));
}

/** Training images that were seen, by all together. */
export function imagesSeen({ trials }: SweepState): number {
  return trials.reduce((sum, { end }) => sum + (end?.images ?? 0), 0);
}

/** `finished`, `stopped at 3 epochs`, `diverged: loss is NaN at step 7` */
export function stateText({ end, goal, scores }: Begun, { described }: Sweep, isOver: boolean): string {
  if (goal !== undefined) return `on its way to ${rungText(described, goal) ?? 'the end'}`;
  if (!end || end.state === 'finished') return 'finished';
  if (end.state === 'paused') {
    return `${isOver ? 'stopped' : 'paused'} at ${rungText(described, scores.length - 1)}`;
  }
  return `${end.state}: ${end.reason}`;
}

/** The keys of the space without what all of them begin with, and of each only its end where that is enough. */
export function shortNames(keys: readonly string[]): string[] {
  return keys.map(key => {
    const parts = key.split('.');
    for (let length = 1; ; length++) {
      const short = parts.slice(-length).join('.');
      const like = keys.filter(other => other === short || other.endsWith(`.${short}`));
      if (like.length <= 1 || length >= parts.length) return short;
    }
  });
}

export function valueText(value: unknown): string {
  return printableName(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The best ones first, a line each. */
export function standingsTable(standings: readonly Standing[], sweep: Sweep, isOver: boolean): string {
  const keys = sweep.dimensions.map(({ key }) => key);
  return columns([
    ['', 'run', ...shortNames(keys), 'error', 'images', 'state'],
    ...standings.map(({ rank, trial, run }) => [
      rank === null ? '' : String(rank),
      run,
      ...keys.map(key => valueText(trial.values[key])),
      errorText(trial),
      formatCount(trial.end?.images ?? 0),
      printableName(stateText(trial, sweep, isOver)),
    ]),
  ]);
}

export function errorText({ scores }: Begun): string {
  const score = scores.at(-1);
  return score ? formatPercent(score.error) : '';
}
