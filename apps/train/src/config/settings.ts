import { UsageError } from '../terminal/errors';

/** What a user states of a configuration: any part of it. Unchecked. */
export type Settings = { readonly [key: string]: unknown };

/**
 * `model.classDim=8` as settings. The value is JSON, or else text. A number in a path is a place in a list:
 * `model.convolutions.0.filters=64`.
 *
 * @throws UsageError when there is no `=` or no path
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
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function isGroup(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
