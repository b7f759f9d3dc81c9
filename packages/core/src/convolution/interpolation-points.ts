/** A complex number: its real and its imaginary part. */
export type Complex = readonly [number, number];

/** Points of the projective line. A polynomial with n coefficients is known by its values at n of them. */
export interface InterpolationPoints {
  /** Real numbers, and `Infinity`, where the value of a polynomial is its leading coefficient. */
  readonly reals: readonly number[];
  /** Of each two conjugate complex points the one above the real line. */
  readonly pairs: readonly Complex[];
}

/**
 * The real points, by the number n of all points; what is missing of n are complex pairs.
 *
 * Real points are cheap and inexact, complex ones on the unit circle dear and exact: in the plane two real points take one
 * product, a real one and a pair three, two pairs six at least. So these are so many real points that the largest error of a
 * convolution in float32 stays below 1e-5 of its largest value, where the kernel covers a third to two thirds of the n places,
 * and that two more would break that (`interpolation-points.test.ts` measures both). No n needs roots of unity, which are
 * all pairs but one or two: the more points there are, the more exact these become.
 */
const realPoints: Readonly<Record<number, readonly number[]>> = {
  3: [0, 1, -1],
  4: [0, 1, -1, Infinity],
  5: [0, 1, -1, 2, -1 / 2],
  6: [0, 1, -1, 2, -1 / 2, Infinity],
  7: [1 / 4, -1 / 2, 3 / 4, -1, 4 / 3, -2, 4],
  8: [1, -1, 2, -2, 1 / 2, -1 / 2],
  9: [0, 1, -1, 2, -2, 1 / 2, -1 / 2],
  10: [0, 1, -1, 2, -2, 1 / 2, -1 / 2, Infinity],
  11: [0, 1, -1, 2, -2, 1 / 2, -1 / 2],
  12: [0, 1, -1, 2, -2, 1 / 2, -1 / 2, Infinity],
  14: [0, 1, -1, 2, -2, 1 / 2, -1 / 2, Infinity],
};

/** Those of any larger n, odd or even. */
const ofMore = {
  odd: [0, 1, -1, 3 / 4, -3 / 4, 4 / 3, -4 / 3, 3, -3],
  even: [1, -1, 3 / 4, -3 / 4, 4 / 3, -4 / 3, 4, -4, 1 / 4, -1 / 4],
} as const;

/** @param n from 3 on: with fewer there is nothing to interpolate */
export function interpolationPoints(n: number): InterpolationPoints {
  const reals = realPoints[n] ?? ofMore[n % 2 === 0 ? 'even' : 'odd'];
  return { reals, pairs: onUnitCircle((n - reals.length) / 2) };
}

/**
 * Points on the upper half of the unit circle, evenly apart and half as far again from 1 and -1, round which real points
 * lie. One alone is i.
 */
export function onUnitCircle(count: number): Complex[] {
  return Array.from({ length: count }, (_, k) => {
    const angle = (Math.PI * (k + 3 / 2)) / (count + 2);
    return [Math.cos(angle), Math.sin(angle)];
  });
}
