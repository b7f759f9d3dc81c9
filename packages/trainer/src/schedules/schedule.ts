import { CapsnetError } from '@capsnet/checks';

/** The learning rate of a step. Steps count from 0 to `totalSteps` - 1, all those of the run. */
export type Schedule = (step: number, totalSteps: number) => number;

/** @throws CapsnetError `invalid-argument` unless the rate is 0 or above */
export function constant(rate: number): Schedule {
  checkRate('constant: expected a rate', rate);
  return () => rate;
}

/**
 * Steps down: `initial` x `factor` every `every` steps. The defaults are those of the authors' code, 1e-3, 0.96 and 2000.
 * The rate is right for hundreds of epochs: in 30 of them, in batches of 128, it falls by a quarter only.
 *
 * @throws CapsnetError `invalid-argument` for a rate below 0, a factor that is not above 0, a number of steps below 1
 */
export function stepDecay({ initial = 1e-3, factor = 0.96, every = 2000 } = {}): Schedule {
  checkRate('stepDecay: expected initial', initial);
  if (!(factor > 0 && Number.isFinite(factor))) {
    throw new CapsnetError('invalid-argument', `stepDecay: expected factor to be above 0, found ${factor}`);
  }
  checkSteps('stepDecay: expected every', every);
  return step => initial * factor ** Math.floor(step / every);
}

/**
 * Half a cosine from `initial` in the first step to `final` in the last one (Loshchilov and Hutter 2017, without restarts):
 *
 * $$ \alpha_t = \alpha_{\text{final}} + \tfrac{1}{2} (\alpha_{\text{initial}} - \alpha_{\text{final}}) \left(1 + \cos \frac{\pi t}{T - 1}\right) $$
 *
 * @param options.initial default 1e-3; a run of one step has this rate
 * @param options.final default 1e-5; the rate of all steps from the last one on
 * @param options.steps $T$. Default: all steps of the run
 * @throws CapsnetError `invalid-argument` for a rate below 0 or a number of steps below 1
 */
export function cosine({
  initial = 1e-3,
  final = 1e-5,
  steps,
}: {
  readonly initial?: number;
  readonly final?: number;
  readonly steps?: number | undefined;
} = {}): Schedule {
  checkRate('cosine: expected initial', initial);
  checkRate('cosine: expected final', final);
  if (steps !== undefined) checkSteps('cosine: expected steps', steps);
  return (step, totalSteps) => {
    const last = Math.max(1, (steps ?? totalSteps) - 1);
    return final + ((initial - final) * (1 + Math.cos(Math.PI * Math.min(1, step / last)))) / 2;
  };
}

function checkRate(expected: string, rate: number): void {
  if (!(rate >= 0 && Number.isFinite(rate))) {
    throw new CapsnetError('invalid-argument', `${expected} of 0 or above, found ${rate}`);
  }
}

function checkSteps(expected: string, steps: number): void {
  if (!(Number.isSafeInteger(steps) && steps > 0)) {
    throw new CapsnetError('invalid-argument', `${expected} to be a positive integer, found ${steps}`);
  }
}
