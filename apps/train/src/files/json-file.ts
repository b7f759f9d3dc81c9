import { readFileOf } from './read-file';

/** A configuration has some thousand bytes, the results of a run on a large test set some million. */
const largest = 64 * 2 ** 20;

/**
 * The value that a JSON file holds. A byte order mark, which Windows' editors put before it, is skipped.
 *
 * @throws when it cannot be read, is in another encoding than UTF-8, or is no JSON
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
  return JSON.parse(textOf(bytes));
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error('expected JSON in UTF-8, found bytes that are no UTF-8: save it as UTF-8', { cause });
  }
}
