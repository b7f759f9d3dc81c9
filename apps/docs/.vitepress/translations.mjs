import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the pages. */
export const pages = fileURLToPath(new URL('../pages/', import.meta.url));

/**
 * What a translation notes of the page that it was made from.
 *
 * @param {string} page its path below `pages/`
 * @returns {string} twelve hexadecimal digits, which change with the page
 */
export function digestOf(page) {
  const text = readFileSync(pages + page, 'utf8').replaceAll('\r\n', '\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
