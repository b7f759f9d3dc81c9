import type { Entry } from './journal';
import type { Dimension } from './space';
import type { Sweep } from './sweep';

// The format of `optuna.storages.journal.JournalFileBackend`, a line of JSON for each operation; `optuna-dashboard` reads it

/** As `JournalOperation` of Optuna 4 numbers them. */
const operation = {
  createStudy: 0,
  studyUserAttribute: 2,
  createTrial: 4,
  parameter: 5,
  stateAndValues: 6,
  intermediateValue: 7,
  trialUserAttribute: 8,
} as const;

/** `TrialState` */
const state = { complete: 1, pruned: 2, fail: 3 } as const;

/** `StudyDirection` */
const minimize = 1;

/**
 * Turns each entry of a sweep's journal into lines of Optuna's. Its trials have the numbers of the configurations; the steps of
 * intermediate values are steps of the training. A training that waits at a rung runs, to Optuna, until the sweep is over, and is pruned then.
 */
export function optunaLines({ name, described, dimensions }: Sweep): (entry: Entry) => string {
  /** The error of each that waits. */
  const waiting = new Map<number, number>();
  const begun = new Set<number>();
  const line = (opCode: number, fields: object) =>
    `${JSON.stringify({ op_code: opCode, worker_id: 'capsnet', ...fields })}\n`;
  const complete = (trial: number, state: number, at: string, values: readonly number[] | null) =>
    line(operation.stateAndValues, { trial_id: trial, state, values, datetime_complete: timeOf(at) });

  return entry => {
    switch (entry.type) {
      case 'sweep':
        return [
          line(operation.createStudy, { study_name: name, directions: [minimize] }),
          line(operation.studyUserAttribute, { study_id: 0, user_attr: { title: described.title } }),
          line(operation.studyUserAttribute, {
            study_id: 0,
            user_attr: { objective: 'error on the validation split' },
          }),
        ].join('');
      case 'begin': {
        const { trial, values, at } = entry;
        waiting.delete(trial);
        if (begun.has(trial)) return '';
        begun.add(trial);
        return [
          line(operation.createTrial, { study_id: 0, datetime_start: timeOf(at) }),
          ...dimensions.map(dimension =>
            line(operation.parameter, {
              trial_id: trial,
              param_name: dimension.key,
              param_value_internal: internal(dimension, values[dimension.key]),
              distribution: JSON.stringify(distributionOf(dimension)),
            }),
          ),
        ].join('');
      }
      case 'end': {
        const { trial, steps, images, error, reason, at } = entry;
        const told = [
          line(operation.trialUserAttribute, { trial_id: trial, user_attr: { images } }),
          ...(reason === undefined
            ? []
            : [line(operation.trialUserAttribute, { trial_id: trial, user_attr: { reason } })]),
          ...(error === undefined
            ? []
            : [
                line(operation.intermediateValue, {
                  trial_id: trial,
                  step: steps,
                  intermediate_value: error,
                }),
              ]),
        ];
        if (entry.state === 'paused') waiting.set(trial, error!);
        else if (entry.state === 'finished') told.push(complete(trial, state.complete, at, [error!]));
        else told.push(complete(trial, state.fail, at, null));
        return told.join('');
      }
      case 'over':
        return [...waiting]
          .map(([trial, error]) => complete(trial, state.pruned, entry.at, [error]))
          .join('');
    }
  };
}

/** Python before 3.11 does not read the Z. */
function timeOf(at: string): string {
  return at.replace('Z', '+00:00');
}

function distributionOf(dimension: Dimension): object {
  if (dimension.kind === 'values') {
    return { name: 'CategoricalDistribution', attributes: { choices: dimension.values.map(choiceOf) } };
  }
  const { kind, low, high } = dimension;
  if (kind === 'integer') return { name: 'IntDistribution', attributes: { log: false, step: 1, low, high } };
  return { name: 'FloatDistribution', attributes: { step: null, low, high, log: kind === 'logUniform' } };
}

/** Optuna's choices are numbers, texts, true, false and null; a list or a group is its JSON. */
function choiceOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** Of a choice its place. */
function internal(dimension: Dimension, value: unknown): number {
  if (dimension.kind !== 'values') return value as number;
  const text = JSON.stringify(value);
  return dimension.values.findIndex(other => JSON.stringify(other) === text);
}
