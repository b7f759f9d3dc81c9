import { CapsnetError, show } from '@capsnet/checks';
import { uniformInt } from '../random/random';
import type { ImageSize } from '../sets/image-set';
import type { Augmentation } from './augmentation';

/**
 * The paper's augmentation: a shift by whole pixels, each of the two offsets uniform in -limit..limit. What comes in at
 * the border is 0.
 */
export function randomShift(limit: number): Augmentation {
  return (from, to, size, random) => {
    const down = uniformInt(random, -limit, limit);
    const right = uniformInt(random, -limit, limit);
    shift(from, to, size, down, right);
  };
}

/** @throws {@link CapsnetError} `invalid-argument` unless some of every image stays in it */
export function expectShift(limit: number, { height, width }: ImageSize): void {
  if (!Number.isInteger(limit) || limit < 0 || limit >= Math.min(height, width)) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a shift from 0 to less than the ${height}x${width} pixels of an image, found ${show(limit)}`,
    );
  }
}

/** Moves all of the image by whole pixels, down and to the right where positive. */
export function shift(
  from: Float32Array,
  to: Float32Array,
  size: ImageSize,
  down: number,
  right: number,
): void {
  const rowLength = size.width * size.channels;
  const step = right * size.channels;
  const [first, end] = [Math.max(0, step), Math.min(rowLength, rowLength + step)];
  to.fill(0);
  for (let row = Math.max(0, down); row < Math.min(size.height, size.height + down); row++) {
    const target = row * rowLength;
    const source = (row - down) * rowLength - step;
    for (let i = first; i < end; i++) to[target + i] = from[source + i]!;
  }
}
