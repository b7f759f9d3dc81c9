import type { Json } from './image-batch';

/** What every source of batches saves. */
export type BatchState = {
  /** How many images the source goes through. */
  readonly images: number;
  readonly batchSize: number;
  /** How many batches of the current epoch have been made. */
  readonly position: number;
};

/**
 * Checks what a saved state, which comes from outside, says of the source that is to go on from it.
 *
 * @throws RangeError that says what was expected and what was found
 */
export function expectBatchState(
  state: Json,
  images: number,
  batchSize: number,
): asserts state is BatchState {
  const last = Math.ceil(images / batchSize);
  const found = fields(state);
  if (found.images !== images)
    throw unexpected('images', `${images}, the images of this source`, found.images);
  if (found.batchSize !== batchSize)
    throw unexpected('batchSize', `${batchSize}, as in this source`, found.batchSize);
  if (!isCount(found.position, last))
    throw unexpected('position', `an integer from 0 to ${last}`, found.position);
}

/** @throws RangeError unless the state has a count of that name */
export function countIn(state: Json, name: string): number {
  const value = fields(state)[name];
  if (!isCount(value)) throw unexpected(name, 'an integer of at least 0', value);
  return value;
}

/** @throws RangeError unless the state has the state of a `Random` of that name */
export function randomStateIn(state: Json, name: string): readonly number[] {
  const value = fields(state)[name];
  const fits = Array.isArray(value) && value.length === 4 && value.every(part => part === (part | 0));
  if (!fits) throw unexpected(name, 'four 32-bit integers', value);
  return value;
}

function fields(state: Json): Readonly<Record<string, unknown>> {
  return state !== null && typeof state === 'object' ? { ...state } : {};
}

function isCount(value: unknown, most = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function unexpected(name: string, expected: string, found: unknown): RangeError {
  return new RangeError(
    `saved state of batches: expected "${name}" to be ${expected}, found ${JSON.stringify(found)}`,
  );
}
