import { CapsnetError } from '@capsnet/checks';
import { DataError } from '../data-error';
import type { RandomState } from '../random/random';
import type { Json } from './batch-source';

/** What a source is made of, as its saved state says it. */
export type SourceParts = {
  /** How many images it goes through. */
  readonly images: number;
  readonly batchSize: number;
  /** How many rows an epoch has, where that is not one for each image. */
  readonly rows?: number;
};

/**
 * Checks what a saved state, which comes from outside, says of the source that is to go on from it.
 *
 * @returns the saved position: how many batches of the epoch had been made
 * @throws {@link CapsnetError} `other-run` when it is the state of a source over something else, `invalid-data` when it is no
 *   state at all
 */
export function savedPosition(state: Json, source: SourceParts, batchesPerEpoch: number): number {
  for (const [name, expected] of Object.entries(source)) {
    const found = field(state, name);
    if (found !== expected) {
      throw new CapsnetError('other-run', unexpected(name, `${expected}, as in this source`, found));
    }
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
  throw new DataError(unexpected('position', `an integer from 0 to ${batchesPerEpoch}`, position));
}

/** @throws {@link DataError} unless the state has the state of a `Random` by that name */
export function savedRandom(state: Json, name: string): RandomState {
  const found = field(state, name);
  if (Array.isArray(found) && found.length === 4 && found.every(part => part === (part | 0))) return found;
  throw new DataError(unexpected(name, 'four 32-bit integers', found));
}

function field(state: Json, name: string): unknown {
  return state !== null && typeof state === 'object' && !Array.isArray(state)
    ? (state as Readonly<Record<string, Json>>)[name]
    : undefined;
}

function unexpected(name: string, expected: string, found: unknown): string {
  return `saved state of batches: expected "${name}" to be ${expected}, found ${JSON.stringify(found)}`;
}
