/** A place at which two values differ. */
export interface Difference {
  /** `routing.iterations`; empty where the values as a whole differ. */
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
}

/**
 * Where two values that JSON can hold differ, in the order of their keys. Objects are compared key by key, everything else,
 * a list too, as a whole; the order of keys does not matter.
 */
export function differences(before: unknown, now: unknown, path = ''): Difference[] {
  if (isGroup(before) && isGroup(now)) {
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap(key =>
      differences(own(before, key), own(now, key), path === '' ? key : `${path}.${key}`),
    );
  }
  return isSame(before, now) ? [] : [{ path, before, now }];
}

function isSame(before: unknown, now: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(now)) {
    return before.length === now.length && before.every((value, at) => isSame(value, now[at]));
  }
  if (isGroup(before) && isGroup(now)) return differences(before, now).length === 0;
  return Object.is(before, now);
}

function own(group: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(group, key) ? group[key] : undefined;
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
