import fc from 'fast-check';
import { expect, test } from 'vitest';
import { components } from './components';

/** The same found otherwise: from a pixel to all that it touches, until nothing is left. */
function flooded(data: readonly number[], width: number): number[][] {
  const left = new Set([...data.keys()].filter(at => data[at] === 1));
  const found: number[][] = [];
  for (const first of left) {
    const pixels = [first];
    left.delete(first);
    for (const at of pixels) {
      for (const other of [...left]) {
        const [x, y] = [(other % width) - (at % width), Math.floor(other / width) - Math.floor(at / width)];
        if (Math.max(Math.abs(x), Math.abs(y)) > 1) continue;
        left.delete(other);
        pixels.push(other);
      }
    }
    found.push(pixels.sort((a, b) => a - b));
  }
  return found;
}

test('are those that a flood finds, with the boxes around them', () => {
  const images = fc
    .integer({ min: 1, max: 12 })
    .chain(width =>
      fc.tuple(fc.constant(width), fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 150 })),
    );
  fc.assert(
    fc.property(images, ([width, values]) => {
      const height = Math.ceil(values.length / width);
      const data = Array.from({ length: width * height }, (_, at) => values[at] ?? 0);
      const found = components({ data: Float32Array.from(data), width, height }, 0.5);
      const inOrder = (lists: readonly (readonly number[])[]) => [...lists].sort((a, b) => a[0]! - b[0]!);
      expect(inOrder(found.map(({ pixels }) => pixels))).toEqual(inOrder(flooded(data, width)));
      for (const { pixels, left, top, right, bottom } of found) {
        const [xs, ys] = [pixels.map(at => at % width), pixels.map(at => Math.floor(at / width))];
        expect([left, top, right, bottom]).toEqual([
          Math.min(...xs),
          Math.min(...ys),
          Math.max(...xs) + 1,
          Math.max(...ys) + 1,
        ]);
      }
    }),
  );
});
