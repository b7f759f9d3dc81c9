import { expect, it } from 'vitest';
import { attributes, elements, textsOf } from '../../test/svg';
import { drawLearningCurves, type Measured } from './learning-curves';

const measured = (split: Measured['split'], step: number, loss: number, accuracy: number): Measured => ({
  split,
  step,
  loss,
  accuracy,
});

/** Two epochs of 100 steps; validated after 50 and 200. */
const measurements = [
  ...Array.from({ length: 50 }, (_, i) => measured('train', i + 1, 1, 0.2)),
  measured('validation', 50, 0.5, 0.9),
  ...Array.from({ length: 150 }, (_, i) => measured('train', i + 51, 0.05, 0.98)),
  measured('validation', 200, 0.1, 0.95),
];
const svg = drawLearningCurves('a & b', measurements, 100);

/** Where a value is labelled in the panel whose left edge is at `from`. */
function tick(value: string, from: number, axis: 'x' | 'y'): number {
  const label = textsOf(svg).find(
    ({ content, x, anchor }) =>
      content === value && x >= from && x < from + 488 && (anchor === 'end') === (axis === 'y'),
  )!;
  // Labels beside the axis stand a little below their line, those under it in the middle.
  return axis === 'y' ? label.y - 4 : label.x;
}

it('shows the loss on the left and the error in percent on the right, over epochs', () => {
  const [loss, error] = [elements(svg, 'circle').slice(0, 2), elements(svg, 'circle').slice(2)];
  for (const [circles, left, [first, second]] of [
    [loss, 20, ['0.5', '0.1']],
    [error, 508, ['10', '5']],
  ] as const) {
    const places = circles.map(attributes);
    expect(places.map(({ cx }) => Number(cx))).toEqual([
      expect.closeTo(tick('0.5', left, 'x'), 1),
      expect.closeTo(tick('2', left, 'x'), 1),
    ]);
    expect(places.map(({ cy }) => Number(cy))).toEqual([
      expect.closeTo(tick(first, left, 'y'), 1),
      expect.closeTo(tick(second, left, 'y'), 1),
    ]);
  }
  expect(loss[0]).toContain('epoch 0.5: validation loss 0.5<');
  expect(error[1]).toContain('epoch 2.0: validation error 5%<');
});

it('draws the training as means over equal stretches of steps', () => {
  const lines = elements(svg, 'polyline').map(line => attributes(line).points!.split(' '));
  const [training, validation] = lines as [string[], string[]];
  expect([training.length, validation.length]).toEqual([50, 2]);
  const y = (point: string) => Number(point.split(',')[1]);
  // 200 steps in stretches of 4: the first 12 are before step 50, the 13th is half and half.
  expect(y(training[0]!)).toBeLessThan(y(training[12]!));
  expect(y(training[12]!)).toBeLessThan(y(training[13]!));
  expect(y(training[13]!)).toBe(y(training[49]!));
  // Below the validation after epoch 2, whose loss is twice as large
  expect(y(training[49]!)).toBeGreaterThan(y(validation[1]!));
  // Of steps 1 to 4, 2.5 is in the middle.
  const x = (point: string) => Number(point.split(',')[0]);
  const epoch = tick('1', 20, 'x') - tick('0', 20, 'x');
  expect(x(training[0]!) - tick('0', 20, 'x')).toBeCloseTo(0.025 * epoch, 1);
  expect(y(lines[2]!.at(-1)!)).toBeCloseTo(tick('2', 508, 'y'), 1);
});

it('says in words what was best, and what came last', () => {
  const texts = textsOf(svg).map(({ content }) => content);
  expect(texts).toContain('Learning curves of a &amp; b');
  expect(texts).toContain('best validation loss 0.1000 at epoch 2.0, last validation error 5.00%');
});

it('has a place for an error of 0, below all others, and does without a validation', () => {
  const zero = drawLearningCurves('zero', [...measurements, measured('validation', 300, 0.1, 1)], 100);
  const lowest = Number(attributes(elements(zero, 'circle').at(-1)!).cy);
  const training = attributes(elements(zero, 'polyline')[2]!).points!.split(' ');
  expect(lowest).toBeGreaterThan(Number(training.at(-1)!.split(',')[1]) + 5);
  expect(zero).not.toMatch(/NaN|Infinity/);

  const all = drawLearningCurves('all', [measured('train', 1, 0.5, 1)], 100);
  expect(all).not.toMatch(/NaN|Infinity/);
  expect(elements(all, 'circle')).toEqual([]);
  expect(all).not.toContain('>validation<');
});
