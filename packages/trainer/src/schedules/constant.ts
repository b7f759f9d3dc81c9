import { checkRate, type Schedule } from './schedule';

/** @throws CapsnetError `invalid-argument` unless the rate is 0 or above */
export function constant(rate: number): Schedule {
  checkRate('constant: expected a rate', rate);
  return () => rate;
}
