import type { Json } from './batch-source';
import type { RandomState } from './random';

/** What a source is made of, as its saved state says it: how many images it goes through, and in which batches. */
export type SourceParts = {
  readonly images: number;
  readonly batchSize: number;
  /** How many pairs of images, where it makes pairs. */
  readonly pairs?: number;
};

/**
 * Checks what a saved state, which comes from outside, says of the source that is to go on from it.
 *
 * @returns the saved position: how many batches of the epoch had been made
 * @throws RangeError that says what was expected and what was found
 */
export function savedPosition(state: Json, source: SourceParts, batchesPerEpoch: number): number {
  for (const [name, expected] of Object.entries(source)) {
    const found = field(state, name);
    if (found !== expected) throw unexpected(name, `${expected}, as in this source`, found);
  }
  const position = field(state, 'position');
  if (
    typeof position === 'number' &&
    Number.isInteger(position) &&
    position >= 0 &&
    position <= batchesPerEpoch
  ) {
    return position;
  }
  throw unexpected('position', `an integer from 0 to ${batchesPerEpoch}`, position);
}

/** @throws RangeError unless the state has the state of a `Random` by that name */
export function savedRandom(state: Json, name: string): RandomState {
  const found = field(state, name);
  if (Array.isArray(found) && found.length === 4 && found.every(part => part === (part | 0))) return found;
  throw unexpected(name, 'four 32-bit integers', found);
}

function field(state: Json, name: string): unknown {
  return state !== null && typeof state === 'object' && !Array.isArray(state)
    ? (state as Readonly<Record<string, Json>>)[name]
    : undefined;
}

function unexpected(name: string, expected: string, found: unknown): RangeError {
  return new RangeError(
    `saved state of batches: expected "${name}" to be ${expected}, found ${JSON.stringify(found)}`,
  );
}
