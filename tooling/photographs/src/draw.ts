import { seededRandom } from '@capsnet/data';

/** Random values, the same ones for the same seed. */
export interface Draw {
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  /** Of mean 0. */
  normal(deviation: number): number;
  chance(probability: number): boolean;
  one<T>(list: readonly T[]): T;
}

export function drawOf(seed: number): Draw {
  const random = seededRandom(seed);
  const next = () => (random.next() >>> 0) / 2 ** 32;
  const between = (low: number, high: number) => low + (high - low) * next();
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  return {
    between,
    whole,
    normal: deviation => deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: probability => next() < probability,
    one: list => list[whole(0, list.length - 1)]!,
  };
}
