import { readFileOf } from './read-file';

/** A configuration has some thousand bytes, the results of a run on a large test set some million. */
const largest = 64 * 2 ** 20;

/**
 * The value that a JSON file holds. A byte order mark, which Windows' editors put before it, is skipped.
 *
 * @throws when it cannot be read, is in another encoding than UTF-8, is no JSON, or has a key twice
 */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readFileOf(file, largest);
  // No JSON begins with a zero, nor has one behind its first character.
  const [first, second] = bytes;
  if (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    first === 0 ||
    second === 0
  ) {
    throw new Error('expected JSON in UTF-8, found UTF-16: save it as UTF-8');
  }
  return parseJson(textOf(bytes));
}

/**
 * As `JSON.parse`, which takes the last of two values under one key without a word.
 *
 * @throws when it is no JSON, or has a key twice, which is named
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  /** Of each object that has begun: its keys so far. */
  const open: Set<string>[] = [];
  /** Where the string that is being read began, and the one before it. */
  let begin: number | null = null;
  let string: readonly [begin: number, end: number] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/\\.|["{}:]/gs)) {
    if (token === '"') {
      if (begin !== null) string = [begin, index + 1];
      begin = begin === null ? index : null;
    } else if (begin !== null) {
      // Within a string, nothing else has a meaning.
    } else if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token === ':') {
      const key: string = JSON.parse(text.slice(...string));
      const keys = open.at(-1)!;
      if (keys.has(key))
        throw new Error(`expected every key once, found ${JSON.stringify(key)} twice in one object`);
      keys.add(key);
    }
  }
  return value;
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error('expected JSON in UTF-8, found bytes that are no UTF-8: save it as UTF-8', { cause });
  }
}
