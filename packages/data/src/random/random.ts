import { CapsnetError, show } from '@capsnet/checks';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt as drawInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/** A generator of random numbers whose whole state is four 32-bit integers. */
export type Random = JumpableRandomGenerator;

/** The state of a `Random`. */
export type RandomState = readonly number[];

/**
 * A generator at its beginning.
 *
 * @param seed an integer, 0 to 2^32 - 1: the same seed gives the same numbers
 * @throws {@link CapsnetError} `invalid-argument` for any other seed
 */
export function seededRandom(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a seed that is an integer from 0 to 4294967295, found ${show(seed)}`,
    );
  }
  // xoroshiro's own seeding gives neighbouring seeds similar beginnings; the Mersenne twister's does not.
  const mixed = mersenne(seed);
  return randomFromState([mixed.next(), mixed.next(), mixed.next(), mixed.next()]);
}

/** A generator that goes on where the one with this state was. */
export function randomFromState(state: RandomState): Random {
  return xoroshiro128plusFromState(state);
}

/** A number from `low` to `high`, every one equally likely. */
export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * uniformFloat64(random);
}

/** An integer from `low` to `high`, both included, every one equally likely. */
export function uniformInt(random: Random, low: number, high: number): number {
  return drawInt(random, low, high);
}

/** True with this probability. */
export function chance(random: Random, probability: number): boolean {
  return uniformFloat64(random) < probability;
}

/** Shuffles in place (Fisher and Yates): every order is equally likely. */
export function shuffle(values: Uint32Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const value = values[last]!;
    values[last] = values[other]!;
    values[other] = value;
  }
}
