import type { CapsNetConfig } from './capsnet/capsnet-config';

/** Checks of the values of a configuration; each throws with the path of what cannot be right, in the name of `network`. */
export function configChecks(network: string) {
  return { imageFormat, seedOf, sections, known, list, size, number, word, flag, fail };

  function sections(path: string, value: unknown, keys: readonly string[]): void {
    for (const key of keys) {
      const section = (value as Record<string, unknown> | null)?.[key];
      if (typeof section !== 'object' || section === null) fail(`${path}${key}`, 'an object', section);
    }
  }

  function imageFormat(image: CapsNetConfig['image']): void {
    known('image.', image, ['height', 'width', 'channels', 'mean', 'deviation']);
    size('image.height', image.height);
    size('image.width', image.width);
    size('image.channels', image.channels);
    number('image.mean', image.mean);
    number('image.deviation', image.deviation, deviation => deviation > 0, 'above 0');
  }

  function seedOf(seed: number): void {
    number('seed', seed, seed => Number.isSafeInteger(seed * 1000) && seed >= 0, 'an integer from 0 to 9e12');
  }

  /** A key that nobody reads is a misspelt one. */
  function known<T extends object>(path: string, section: T, keys: readonly (keyof T & string)[]): void {
    const unknown = Object.keys(section).find(key => !keys.includes(key as keyof T & string));
    if (unknown !== undefined)
      fail(
        `${path}${unknown}`,
        `absent (known are ${keys.join(', ')})`,
        (section as Record<string, unknown>)[unknown],
      );
  }

  function list(path: string, value: unknown): void {
    if (!Array.isArray(value)) fail(path, 'a list', value);
    const items = value as unknown[];
    const wrong = items.findIndex(item => item === null || item === undefined);
    if (wrong >= 0) fail(`${path}[${wrong}]`, 'a value', items[wrong]);
  }

  function size(path: string, value: unknown): void {
    // A limit for one size keeps the products of three of them exact.
    number(
      path,
      value,
      number => Number.isInteger(number) && number >= 1 && number <= 65536,
      'an integer from 1 to 65536',
    );
  }

  function number(
    path: string,
    value: unknown,
    isRight: (value: number) => boolean = () => true,
    expected = 'a number',
  ): void {
    if (typeof value !== 'number' || !Number.isFinite(value) || !isRight(value)) fail(path, expected, value);
  }

  function word(path: string, value: unknown, words: readonly string[]): void {
    if (typeof value !== 'string' || !words.includes(value))
      fail(path, words.map(word => `"${word}"`).join(' or '), value);
  }

  function flag(path: string, value: unknown): void {
    if (typeof value !== 'boolean') fail(path, 'true or false', value);
  }

  function fail(path: string, expected: string, found: unknown): never {
    throw new Error(`${network}: expected config.${path} to be ${expected}, found ${show(found)}`);
  }
}

/** A value from a file may be of any size and depth; a message is short. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
