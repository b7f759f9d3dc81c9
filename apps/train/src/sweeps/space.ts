import { show } from '@capsnet/checks';
import { type Random, seededRandom, uniformInt } from '@capsnet/data/node';
import { parseAssignment } from '../config/settings';
import { UsageError } from '../terminal/errors';

/** One key of the configuration and what it may be. */
export type Dimension = { readonly key: string } & (
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'uniform' | 'logUniform' | 'integer'; readonly low: number; readonly high: number }
);

export const samplers = ['grid', 'random', 'quasi-random'] as const;
export type Sampler = (typeof samplers)[number];

/** What one configuration of a sweep has for each key of the space. */
export type Values = Readonly<Record<string, unknown>>;

/** More are refused: nobody waits for them, and every one is a folder. */
export const mostConfigurations = 10_000;

const kinds = ['values', 'uniform', 'logUniform', 'integer'] as const;

/**
 * @param space as a sweep file has it: `{ "training.learningRate.initial": { "logUniform": [0.0003, 0.01] } }`
 * @throws UsageError that names the key, the expected and the found
 */
export function dimensionsOf(space: Readonly<Record<string, unknown>>): Dimension[] {
  const dimensions = Object.entries(space).map(([key, stated]) => {
    parseAssignment(`${key}=0`);
    return dimensionOf(key, stated);
  });
  if (dimensions.length === 0) {
    throw new UsageError('space: expected at least one key of the configuration, found none');
  }
  for (const { key } of dimensions) {
    const inner = dimensions.find(other => other.key.startsWith(`${key}.`));
    if (inner) throw new UsageError(`space: expected one of ${key} and ${inner.key}, which is a part of it`);
  }
  return dimensions;
}

function dimensionOf(key: string, stated: unknown): Dimension {
  const [[kind, value] = [], ...others] =
    typeof stated === 'object' && stated !== null ? Object.entries(stated) : [];
  const known = kinds.find(name => name === kind);
  if (!known || others.length > 0) {
    throw new UsageError(
      `space.${key}: expected one of ${kinds.map(name => `{ "${name}": [...] }`).join(', ')}, found ${show(stated)}`,
    );
  }
  const at = `space.${key}.${known}`;
  if (!Array.isArray(value)) throw new UsageError(`${at}: expected a list, found ${show(value)}`);
  if (known === 'values') {
    const texts = value.map(each => JSON.stringify(each));
    if (value.length === 0) throw new UsageError(`${at}: expected at least one value, found none`);
    const twice = texts.find((text, index) => texts.indexOf(text) < index);
    if (twice) throw new UsageError(`${at}: expected every value once, found ${twice} twice`);
    return { key, kind: known, values: value };
  }
  const [low, high] = value as unknown[];
  if (value.length !== 2 || !isNumber(low) || !isNumber(high) || low >= high) {
    throw new UsageError(`${at}: expected [low, high] with low < high, found ${JSON.stringify(value)}`);
  }
  if (known === 'logUniform' && low <= 0) {
    throw new UsageError(`${at}: expected numbers above 0, found ${low}`);
  }
  if (known === 'integer' && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw new UsageError(`${at}: expected integers, found ${JSON.stringify(value)}`);
  }
  return { key, kind: known, low, high };
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** How many values a key may have. */
export function sizeOf(dimension: Dimension): number {
  if (dimension.kind === 'values') return dimension.values.length;
  if (dimension.kind === 'integer') return dimension.high - dimension.low + 1;
  return Number.POSITIVE_INFINITY;
}

/**
 * The configurations of a sweep, each one once, in the order in which they are trained. The same arguments give the same ones.
 *
 * @param count how many; undefined for a grid, which has all of them
 * @throws UsageError when there are not as many, or more than `mostConfigurations`
 */
export function configurationsOf(
  dimensions: readonly Dimension[],
  {
    sampler,
    count,
    seed,
  }: { readonly sampler: Sampler; readonly count?: number | undefined; readonly seed: number },
): Values[] {
  const all = dimensions.reduce((product, dimension) => product * sizeOf(dimension), 1);
  if (sampler === 'grid') return grid(dimensions, all, seed);
  if (count === undefined)
    throw new UsageError(`configurations: expected how many with the sampler ${sampler}`);
  if (count > all) {
    throw new UsageError(
      `configurations: expected at most ${all}, for the space has no more, found ${count}`,
    );
  }
  const points =
    sampler === 'random' ? randomPoints(dimensions.length, seed) : latticePoints(dimensions.length, seed);
  const found = new Map<string, Values>();
  // Where few values are possible, points fall on the same ones again and again.
  for (let drawn = 0; found.size < count; drawn++) {
    if (drawn >= 1000 * count + 1000) {
      throw new UsageError(
        `configurations: the sampler ${sampler} found ${found.size} different ones, and not ${count}: take the sampler grid`,
      );
    }
    const point = points();
    const values = Object.fromEntries(
      dimensions.map((dimension, i) => [dimension.key, valueAt(dimension, point[i]!)]),
    );
    const text = JSON.stringify(values);
    if (!found.has(text)) found.set(text, values);
  }
  return [...found.values()];
}

/** All of them, shuffled: the first ones of a sweep are spread over the space. */
function grid(dimensions: readonly Dimension[], all: number, seed: number): Values[] {
  const endless = dimensions.find(dimension => sizeOf(dimension) === Number.POSITIVE_INFINITY);
  if (endless) {
    throw new UsageError(
      `space.${endless.key}.${endless.kind}: expected values or integer with the sampler grid, for a range has no end of values`,
    );
  }
  if (all > mostConfigurations) {
    throw new UsageError(
      `space: expected at most ${mostConfigurations} configurations, found a grid of ${all}: take the sampler quasi-random`,
    );
  }
  return shuffled(all, seededRandom(seed)).map(index => {
    let rest = index;
    return Object.fromEntries(
      dimensions.map(dimension => {
        const size = sizeOf(dimension);
        const place = rest % size;
        rest = Math.floor(rest / size);
        return [dimension.key, valueAt(dimension, (place + 0.5) / size)];
      }),
    );
  });
}

function randomPoints(length: number, seed: number): () => number[] {
  const random = seededRandom(seed);
  return () => Array.from({ length }, () => fraction(random));
}

/**
 * Points that lie more evenly than random ones, in any number: the multiples of a vector, modulo 1, whose components are powers
 * of the root of x^(d+1) = x + 1 (Roberts 2018, "The unreasonable effectiveness of quasirandom sequences"), moved by a random
 * vector.
 */
function latticePoints(length: number, seed: number): () => number[] {
  let root = 2;
  for (let i = 0; i < 100; i++) root = (1 + root) ** (1 / (length + 1));
  const random = seededRandom(seed);
  const begin = Array.from({ length }, () => fraction(random));
  let index = 0;
  return () => {
    index++;
    return begin.map((start, axis) => (start + index * root ** -(axis + 1)) % 1);
  };
}

/** The numbers below `count` in any order, every one equally likely (Fisher and Yates). */
function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** From 0 up to 1. */
function fraction(random: Random): number {
  return uniformInt(random, 0, 0xffffffff) / 2 ** 32;
}

/** @param place from 0 up to 1 */
function valueAt(dimension: Dimension, place: number): unknown {
  if (dimension.kind === 'values') return dimension.values[Math.floor(place * dimension.values.length)];
  const { kind, low, high } = dimension;
  if (kind === 'integer') return low + Math.floor(place * (high - low + 1));
  const value = kind === 'uniform' ? low + place * (high - low) : low * (high / low) ** place;
  // As many digits as a person would write, and the same ones by every library of mathematics.
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}
