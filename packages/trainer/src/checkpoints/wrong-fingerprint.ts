import { CapsnetError, differences, show } from '@capsnet/checks';
import type { Json } from '../interfaces';

/** A checkpoint of another model, of other settings or of other data than those that it should go on with. */
export class WrongFingerprint extends CapsnetError {
  override readonly name = 'WrongFingerprint';
  /** What differs, one line each. */
  readonly differences: readonly string[];

  constructor(checkpoint: string, differences: readonly string[], options?: ErrorOptions) {
    const shown = differences.slice(0, 5);
    const more = differences.length - shown.length;
    super(
      'other-run',
      `checkpoint ${checkpoint} belongs to another run: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}. ` +
        'Use the settings that it was made with, or another place for checkpoints',
      options,
    );
    this.differences = differences;
  }
}

/** Where two values differ, a line for each place, as in `fingerprint.routing.iterations: 3 in the checkpoint, 2 here`. */
export function differenceLines(saved: Json, here: Json, name: string): string[] {
  return differences(saved, here, name).map(
    ({ path, before, now }) => `${path}: ${show(before)} in the checkpoint, ${show(now)} here`,
  );
}
