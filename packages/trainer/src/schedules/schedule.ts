import { CapsnetError } from '@capsnet/checks';

/** The learning rate of a step. Steps count from 0 to `totalSteps` - 1, all those of the run. */
export type Schedule = (step: number, totalSteps: number) => number;

/** @throws CapsnetError `invalid-argument` unless the rate is 0 or above */
export function checkRate(expected: string, rate: number): void {
  if (!(rate >= 0 && Number.isFinite(rate))) {
    throw new CapsnetError('invalid-argument', `${expected} of 0 or above, found ${rate}`);
  }
}

/** @throws CapsnetError `invalid-argument` unless the number of steps is 1 or above */
export function checkSteps(expected: string, steps: number): void {
  if (!(Number.isSafeInteger(steps) && steps > 0)) {
    throw new CapsnetError('invalid-argument', `${expected} to be a positive integer, found ${steps}`);
  }
}
