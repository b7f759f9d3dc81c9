import { parseJson } from '../files/json-file';
import { UsageError } from '../terminal/errors';

/** What a user states of a configuration: any part of it. Unchecked. */
export type Settings = { readonly [key: string]: unknown };

/**
 * `model.classDim=8` as settings. The value is JSON, or else text. A number in a path is a place in a list:
 * `model.convolutions.0.filters=64`.
 *
 * @throws when there is no `=` or no path, or JSON has a key twice
 */
export function parseAssignment(assignment: string): Settings {
  const at = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(at, 0)).split('.');
  if (path.some(key => key === '')) throw new UsageError(`--set ${assignment}: expected a.b=value`);
  const value = parseValue(assignment.slice(at + 1));
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Settings;
}

function parseValue(text: string): unknown {
  // JSON knows neither .5 nor 5. nor +5.
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

export function isGroup(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
