import { expect, test } from 'vitest';
import { multiMnistEvaluationBatches } from './multi-mnist-batches';
import { loadMnist } from './node';

/** The smallest box around everything that is not black; `right` and `bottom` lie outside. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

test('the boxes around the two digits overlap by 73% on average, in parts of the smaller', async () => {
  const { test: images } = await loadMnist();
  const source = multiMnistEvaluationBatches(images, { batchSize: 100, seed: 1 });
  const overlaps: number[] = [];
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const { digits, dispose } = source.next();
    const [first, second] = await Promise.all(digits.map(digit => digit.data()));
    for (let start = 0; start < first!.length; start += 36 * 36) {
      const [a, b] = [first!, second!].map(values => boxOf(values.subarray(start, start + 36 * 36)));
      overlaps.push(shared(a!, b!) / Math.min(area(a!), area(b!)));
    }
    dispose();
  }
  const mean = overlaps.reduce((sum, overlap) => sum + overlap) / overlaps.length;
  expect(overlaps).toHaveLength(10_000);
  expect(mean).toBeCloseTo(0.729, 3);
});

test('whole pictures overlap by 80%, boxes of 20x20 as digits do, and by less when they are shifted by up to 6', () => {
  const overlap = (side: number, shift: number) => {
    const places = Array.from({ length: 2 * shift + 1 }, (_, place) => place);
    const lengths = places.flatMap(a => places.map(b => (side - Math.abs(a - b)) / side));
    // Rows and columns are shifted independently.
    return (lengths.reduce((sum, length) => sum + length) / lengths.length) ** 2;
  };
  expect([overlap(28, 4), overlap(20, 4)].map(part => part.toFixed(2))).toEqual(['0.80', '0.73']);
  expect([overlap(28, 6), overlap(20, 6)].map(part => part.toFixed(2))).toEqual(['0.72', '0.62']);
});

function boxOf(image: ArrayLike<number>): Box {
  const lit = Array.from(image, (value, i) => (value > 0 ? i : -1)).filter(i => i >= 0);
  const [rows, columns] = [lit.map(i => Math.floor(i / 36)), lit.map(i => i % 36)];
  return {
    left: Math.min(...columns),
    top: Math.min(...rows),
    right: Math.max(...columns) + 1,
    bottom: Math.max(...rows) + 1,
  };
}

function area({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

/** The area that lies in both. */
function shared(a: Box, b: Box): number {
  return area({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
}
