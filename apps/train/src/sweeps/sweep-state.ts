import { differences, show } from '@capsnet/checks';
import { UsageError } from '../terminal/errors';
import { decide, type Score, type Trial } from './halving';
import type { Begin, End, Entry } from './journal';
import { levelsOf } from './levels';
import type { Values } from './space';
import type { Sweep } from './sweep';

/** A configuration that was begun, as the journal has it. */
export interface Begun extends Trial {
  readonly values: Values;
  /** The step that it is on its way to, or was last; null for the end. */
  readonly until: number | null;
  /** What it came to last. */
  readonly end: End | undefined;
  /** Where it was at each level. */
  readonly climbed: readonly End[];
}

/** All that the entries of a journal say, in their order. */
export interface SweepState {
  readonly trials: readonly Begun[];
  readonly isOver: boolean;
}

export const nothingBegun: SweepState = { trials: [], isOver: false };

/**
 * The state with one more entry.
 *
 * @throws UsageError when it does not follow from those before it: the sweep decides by them alone
 */
export function withEntry(state: SweepState, entry: Entry, sweep: Sweep): SweepState {
  switch (entry.type) {
    case 'sweep':
      return state;
    case 'begin':
      return replaced(state, begun(state, entry, sweep));
    case 'end':
      return replaced(state, ended(state, entry));
    case 'over':
      if (nextOf(state, sweep)) throw new UsageError('expected that nothing was left to train');
      return { ...state, isOver: true };
  }
}

/** What the sweep trains next; undefined while there is nothing. */
export function nextOf({ trials }: SweepState, { described, configurations }: Sweep) {
  return decide(trials, {
    count: configurations.length,
    levels: levelsOf(described),
    reduction: described.asha?.reduction ?? 2,
  });
}

function replaced(state: SweepState, trial: Begun): SweepState {
  // In place, for there may be ten thousand.
  (state.trials as Begun[])[trial.number] = trial;
  return state;
}

function begun(state: SweepState, { trial, level, until, values }: Begin, sweep: Sweep): Begun {
  const next = nextOf(state, sweep);
  if (next?.trial !== trial || next.level !== level) {
    const expected = next ? `configuration ${next.trial} to level ${next.level}` : 'nothing';
    throw new UsageError(
      `expected to begin ${expected}, found configuration ${trial} to level ${level}: another version of capsnet has decided it`,
    );
  }
  const [difference] = differences(sweep.configurations[trial], values);
  if (difference) {
    throw new UsageError(
      `expected configuration ${trial} with ${difference.path} ${show(difference.before)}, found ${show(difference.now)}: ` +
        'the space is written in another order, or another version of capsnet has chosen it',
    );
  }
  const before = state.trials[trial];
  return {
    number: trial,
    scores: [],
    isOver: false,
    isFinished: false,
    end: undefined,
    climbed: [],
    ...before,
    values,
    until,
    goal: level,
  };
}

function ended(state: SweepState, end: End): Begun {
  const trial = state.trials[end.trial];
  if (trial?.goal === undefined) {
    throw new UsageError(`expected the end of something that was begun, found that of ${end.trial}`);
  }
  const score: Score | null =
    end.error === undefined || end.loss === undefined ? null : { error: end.error, loss: end.loss };
  return {
    ...trial,
    // What makes no network was not compared with the others.
    scores: end.state === 'invalid' ? [] : [...trial.scores, score],
    goal: undefined,
    isOver: end.state !== 'paused',
    isFinished: end.state === 'finished',
    end,
    climbed: [...trial.climbed, end],
  };
}
