import { CapsnetError, show } from '@capsnet/checks';
import { checked } from '@capsnet/core/configuration';
import type * as z from 'zod/mini';
import { UsageError } from '../terminal/errors';
import { settingsFromEarlier } from './earlier';
import { presets } from './presets';
import { type RunConfig, runSchema } from './schema';
import { isGroup, type Settings } from './settings';

/**
 * `base` with what the settings state, the later ones winning. Groups are merged key by key; every other value, a list
 * too, is replaced as a whole.
 *
 * @throws UsageError that names the path, the expected and the found, and for an unknown key the nearest known one
 */
export function resolveConfig(base: RunConfig, ...settings: readonly Settings[]): RunConfig {
  const merged = settings.reduce<unknown>((before, given) => merge(before, given), base);
  return conform(runSchema, merged, 'configuration');
}

/**
 * The configuration of a run, as its file has it. What the version that wrote it did not know yet is as by default.
 *
 * @throws UsageError as `resolveConfig` does
 */
export function storedConfig(stored: unknown): RunConfig {
  return resolveConfig(presets.paper, isGroup(stored) ? settingsFromEarlier(stored) : (stored as Settings));
}

/**
 * A value from outside, as the schema says.
 *
 * @param subject what the value is, as a whole
 * @throws UsageError that names the path, the expected and the found, and for an unknown key the nearest known one
 */
export function conform<T extends z.core.$ZodType>(schema: T, value: unknown, subject: string): z.output<T> {
  try {
    return checked(schema, value, subject);
  } catch (error) {
    if (error instanceof CapsnetError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** @throws UsageError for a place that a list does not have, or for a number, a text or a list where a group is */
export function merge(base: unknown, given: unknown, path = ''): unknown {
  if (!isGroup(given)) {
    // Else a later key of the group would take it back without a word.
    if (path !== '' && isGroup(base) && given !== null) {
      throw new UsageError(`${path}: expected an object, found ${show(given)}`);
    }
    return given;
  }
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  const entries = Object.entries(given);
  if (Array.isArray(base) && entries.every(([key]) => /^\d+$/.test(key))) {
    const list = [...base];
    for (const [key, value] of entries) {
      if (Number(key) > list.length)
        throw new UsageError(`${at(key)}: expected a place from 0 to ${list.length}, found ${key}`);
      list[Number(key)] = merge(list[Number(key)], value, at(key));
    }
    return list;
  }
  // What is of another kind shares no keys with what was there.
  if (!isGroup(base) || kinds.some(kind => Object.hasOwn(given, kind) && given[kind] !== base[kind]))
    return given;
  // fromEntries defines own properties: a key named __proto__ is an unknown key like any other.
  return Object.fromEntries([
    ...Object.entries(base),
    ...entries.map(([key, value]) => [
      key,
      Object.hasOwn(base, key) ? merge(base[key], value, at(key)) : value,
    ]),
  ]);
}

/** The keys that say of which kind a group is. */
const kinds = ['kind', 'type'];
