import { expect, test } from 'vitest';
import { mnistImage } from './mnist-image';
import { atLeastUsualPen } from './pen-width';

/** A ring of ink, which fills its image. */
function ring(side: number, width: number) {
  const data = Float32Array.from({ length: side * side }, (_, at) => {
    const distance = Math.hypot((at % side) + 0.5 - side / 2, Math.floor(at / side) + 0.5 - side / 2);
    return distance <= side / 2 && distance >= side / 2 - width ? 1 : 0;
  });
  return { data, width: side, height: side };
}

/** Area divided by length: how wide the pen of a ring in a box of 20 pixels is. */
function widthInMnist(image: Float32Array): number {
  const area = image.reduce((sum, value) => sum + value);
  // Of a ring between radius 10 and radius 10 - width.
  return 10 - Math.sqrt(100 - area / Math.PI);
}

test.each([1, 3, 6, 10])('a pen of %i pixels becomes as wide as those of MNIST', width => {
  const image = mnistImage(atLeastUsualPen(ring(120, width)))!;
  expect(widthInMnist(image)).toBeGreaterThan(2.1);
  expect(widthInMnist(image)).toBeLessThan(2.6);
});

test('a wider pen is left as it is', () => {
  const wide = ring(120, 24);
  expect(atLeastUsualPen(wide)).toBe(wide);
  expect(widthInMnist(mnistImage(wide)!)).toBeCloseTo(4, 1);
});
