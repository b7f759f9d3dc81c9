import type { Json } from '../training/interfaces';

/** A checkpoint of another model or of other settings than those that it should go on with. */
export class WrongOwner extends Error {
  override readonly name = 'WrongOwner';
  /** What differs, one line each. */
  readonly differences: readonly string[];

  constructor(checkpoint: string, differences: readonly string[], options?: ErrorOptions) {
    const shown = differences.slice(0, 5);
    const more = differences.length - shown.length;
    super(
      `checkpoint ${checkpoint} belongs to another run: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}. ` +
        'Use the settings that it was made with, or another place for checkpoints',
      options,
    );
    this.differences = differences;
  }
}

/** Where two values differ, one line for each place, as in `owner.routing.iterations: 3 in the checkpoint, 2 here`. */
export function differences(saved: Json | undefined, here: Json | undefined, path: string): string[] {
  if (isObject(saved) && isObject(here)) {
    return [...new Set([...Object.keys(saved), ...Object.keys(here)])].flatMap(key =>
      differences(saved[key], here[key], `${path}.${key}`),
    );
  }
  // Objects were dealt with above, so the order of their keys does not matter, except inside arrays.
  if (JSON.stringify(saved) === JSON.stringify(here)) return [];
  const show = (value: Json | undefined) => (value === undefined ? 'absent' : JSON.stringify(value));
  return [`${path}: ${show(saved)} in the checkpoint, ${show(here)} here`];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
