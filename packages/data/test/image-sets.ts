import fc from 'fast-check';
import type { ImageSet } from '../src/sets/image-set';

/**
 * Images that tell which one they are: every pixel of image i is i + 1 plus ten times its place, and its label is
 * i mod 10.
 */
export function numberedImages(
  count: number,
  [height, width, ...channels]: [number, number, number?] = [4, 3],
): ImageSet {
  const pixels = height * width * (channels[0] ?? 1);
  const data = Uint8Array.from(
    { length: count * pixels },
    (_, at) => Math.floor(at / pixels) + 1 + 10 * (at % pixels),
  );
  const shape = [count, height, width, ...(channels[0] === undefined ? [] : [channels[0]])];
  return { data, shape, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
}

/** Image i of the set as 0..1. */
export function imageAt({ data, labels }: ImageSet, index: number): number[] {
  const pixels = data.length / labels.length;
  return Array.from(data.subarray(index * pixels, (index + 1) * pixels), byte => Math.fround(byte / 255));
}

export const seeds = fc.integer({ min: 0, max: 0xffffffff });
