import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dequantise, quantise } from './quantised-tensor';

/** A tensor of up to four axes with some of them as channels; zeros, whole channels of them too, are not rare. */
const tensor = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    exponent: fc.integer({ min: -40, max: 30 }),
  })
  .chain(({ shape, exponent }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const weight = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(0, -0) },
      {
        weight: 4,
        arbitrary: fc.float({ min: -1, max: 1, noNaN: true }).map(value => value * 10 ** exponent),
      },
    );
    return fc.record({
      shape: fc.constant(shape),
      weights: fc
        .array(weight, { minLength: length, maxLength: length })
        .map(values => Float32Array.from(values)),
      channels: fc.subarray(shape.map((_, axis) => axis)),
    });
  });

/** The channel of the weight at a place, found by dividing the place into its indices. */
function channelOf(place: number, shape: readonly number[], channels: readonly number[]): string {
  const indices = shape.toReversed().map(size => {
    const index = place % size;
    place = Math.floor(place / size);
    return index;
  });
  return indices
    .reverse()
    .filter((_, axis) => channels.includes(axis))
    .join();
}

it('moves no weight by more than half of its channel’s largest weight / 127', () => {
  fc.assert(
    fc.property(tensor, ({ shape, weights, channels }) => {
      const moved = dequantise(quantise(weights, shape, channels), shape);
      const largest = new Map<string, number>();
      const channel = Array.from(weights, (_, place) => channelOf(place, shape, channels));
      weights.forEach((weight, place) => {
        const key = channel[place]!;
        largest.set(key, Math.max(largest.get(key) ?? 0, Math.abs(weight)));
      });
      weights.forEach((weight, place) => {
        // Scales are rounded up to 16 bits; below the smallest normal number a channel becomes zero.
        const bound = (largest.get(channel[place]!)! / 127 / 2) * (1 + 2 ** -14) + 127 * 2 ** -126;
        expect(Math.abs(moved[place]! - weight)).toBeLessThanOrEqual(bound);
      });
    }),
  );
});

it('quantises what it has made to the same integers and scales', () => {
  fc.assert(
    fc.property(tensor, ({ shape, weights, channels }) => {
      const once = quantise(weights, shape, channels);
      expect(quantise(dequantise(once, shape), shape, channels)).toEqual(once);
    }),
  );
});

it('gives exact products: float64 finds the same', () => {
  fc.assert(
    fc.property(tensor, ({ shape, weights }) => {
      const { integers, scales, scaleShape } = quantise(weights, shape, []);
      const moved = dequantise({ integers, scales, scaleShape }, shape);
      expect([...moved]).toEqual(Array.from(integers, integer => integer * scales[0]! + 0));
    }),
  );
});

it('has a scale for each channel: those of routing', () => {
  // [in, out, inDim, outDim] = [1, 2, 2, 2]
  const weights = Float32Array.of(127, 1.2, -64, -2, 0, 254, 0, 2);
  const { integers, scales, scaleShape } = quantise(weights, [1, 2, 2, 2], [1, 3]);
  expect(scaleShape).toEqual([1, 2, 1, 2]);
  expect([...scales.map(Math.fround)]).toEqual([1, expect.closeTo(2 / 127, 6), 0, 2]);
  expect([...integers]).toEqual([127, 76, -64, -127, 0, 127, 0, 1]);
});

it('refuses weights that are not finite', () => {
  expect(() => quantise(Float32Array.of(1, Number.NaN), [2], [])).toThrow(
    'expected finite weights, found NaN',
  );
  expect(() => quantise(Float32Array.of(1, Number.NEGATIVE_INFINITY), [2], [0])).toThrow('found Infinity');
});
