import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, BatchSource, Metrics, NamedTensors, Optimizer, Trainable } from '../interfaces';
import { assignWeights, copyWeights } from '../weights/weights';
import { NonFiniteLoss } from './non-finite-loss';
import { train } from './train';

export interface FindRateOptions<B> {
  /** The learning rate of the first step. Default 1e-6. */
  readonly from?: number | undefined;
  /** That of the last step. Default 1. */
  readonly to?: number | undefined;
  /** Default 100. */
  readonly steps?: number | undefined;
  /** As of `train`. */
  readonly optimizer?: ((variables: Trainable<B>['variables']) => Optimizer) | undefined;
  /** As of `train`. */
  readonly clipNorm?: number | undefined;
  /** As of `train`. */
  readonly accumulate?: number | undefined;
  /** Ends the search after the current step. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each step. */
  readonly onStep?: ((step: RateStep) => void) | undefined;
}

/** A step of the search. */
export interface RateStep {
  readonly rate: number;
  /** Of the batch, before the weights were moved at this rate. */
  readonly loss: number;
  /** An exponential mean of the losses so far, of about 10 steps. */
  readonly smoothed: number;
  /** What else the trainable tells of the batch. */
  readonly metrics: Metrics;
}

export interface FoundRate {
  /** Until the loss had grown to four times its lowest, or was not finite any more. */
  readonly steps: readonly RateStep[];
  /** See {@link suggestRate}; null where the loss never fell. */
  readonly suggestion: number | null;
}

const known = [
  'from',
  'to',
  'steps',
  'optimizer',
  'clipNorm',
  'accumulate',
  'signal',
  'onStep',
] as const satisfies readonly (keyof FindRateOptions<unknown>)[];

/**
 * The learning rate range test ([Smith, 2015](https://arxiv.org/abs/1506.01186)): trains at a rate that grows exponentially from step
 * to step, and sees where the loss falls and where it grows. Weights and source are afterwards as they were before.
 *
 * @throws CapsnetError `invalid-argument` for an option out of range
 */
export async function findRate<B extends Batch>(
  trainable: Trainable<NoInfer<B>>,
  source: BatchSource<B>,
  options: FindRateOptions<NoInfer<B>> = {},
): Promise<FoundRate> {
  expectKnownOptions('findRate', options, known);
  const { from = 1e-6, to = 1, steps: count = 100, signal, onStep, ...learning } = options;
  if (!(from > 0 && to > from && Number.isFinite(to)))
    throw invalid('rates from above 0 to a higher one', [from, to]);
  if (!(Number.isSafeInteger(count) && count >= 2)) throw invalid('steps to be an integer from 2', count);
  const weights: NamedTensors = copyWeights({ ...trainable.variables });
  const state = source.state();
  const steps: RateStep[] = [];
  const follow = smoothing();
  const epochs = Math.ceil(count / source.batchesPerEpoch);
  const schedule = (step: number) => from * (to / from) ** (step / (count - 1));
  try {
    for await (const event of train(trainable, source, {
      ...learning,
      epochs,
      maxSteps: count,
      schedule,
      signal,
    })) {
      if (event.type !== 'step') continue;
      const loss = event.metrics.loss!;
      const step = { rate: event.learningRate, loss, smoothed: follow(loss), metrics: event.metrics };
      steps.push(step);
      onStep?.(step);
      if (step.smoothed > 4 * Math.min(...steps.map(({ smoothed }) => smoothed))) break;
    }
  } catch (error) {
    // Where the loss explodes, the rate is too high: that is what was to be found.
    if (!(error instanceof NonFiniteLoss)) throw error;
  } finally {
    assignWeights(trainable.variables, weights);
    tf.dispose(weights);
    source.restore(state);
  }
  return { steps, suggestion: suggestRate(steps) };
}

/**
 * A tenth of the rate at which the smoothed loss was lowest: at the lowest point itself it has all but begun to grow. Null where it
 * was lowest in the first step, so that no rate has lowered it.
 */
export function suggestRate(steps: readonly RateStep[]): number | null {
  if (steps.length === 0) return null;
  const lowest = steps.reduce((best, step) => (step.smoothed < best.smoothed ? step : best));
  return lowest === steps[0] ? null : lowest.rate / 10;
}

/** An exponential mean whose beginning is not drawn to 0. */
function smoothing(): (value: number) => number {
  const decay = 0.9;
  let [sum, weight] = [0, 0];
  return value => {
    sum = decay * sum + (1 - decay) * value;
    weight = decay * weight + (1 - decay);
    return sum / weight;
  };
}

function invalid(expected: string, found: unknown): CapsnetError {
  return new CapsnetError('invalid-argument', `findRate: expected ${expected}, found ${show(found)}`);
}
