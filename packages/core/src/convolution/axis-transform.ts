import { type Complex, type InterpolationPoints, interpolationPoints } from './interpolation-points';

/** What the n = outputs + taps - 1 components of an axis are: n = reals + 2 pairs. */
export interface Components {
  /** How many belong to real points. They come first. */
  readonly reals: number;
  /** How many pairs follow, the real and the imaginary part at a complex point. */
  readonly pairs: number;
}

/**
 * A correlation along one axis, $y_o = \sum_k x_{o+k} w_k$, as a product at each of n points:
 *
 * $$ y = S\,[\,(A x) \cdot (B w)\,] $$
 *
 * The n components of A x and of B w are first those of the real points, one each, multiplied as real numbers, then two
 * of each complex pair, its real and its imaginary part, multiplied as a complex number (without a conjugate).
 * Matrices lie row by row.
 */
export interface AxisTransform extends Components {
  /** [n, n], for the n inputs */
  readonly a: Float64Array;
  /** [n, taps], for the kernel */
  readonly b: Float64Array;
  /** [outputs, n] */
  readonly s: Float64Array;
}

export function axisTransform(outputs: number, taps: number): AxisTransform {
  return outputs === 1 || taps === 1
    ? productsAsTheyAre(outputs, taps)
    : transformAt(interpolationPoints(outputs + taps - 1), outputs, taps);
}

/** What {@link axisTransform} has, without its matrices. */
export function componentsOf(outputs: number, taps: number): Components {
  const n = outputs + taps - 1;
  if (outputs === 1 || taps === 1) return { reals: n, pairs: 0 };
  const { reals, pairs } = interpolationPoints(n);
  return { reals: reals.length, pairs: pairs.length };
}

/** One output, or one tap: each input meets one tap, so n products suffice as it is. */
function productsAsTheyAre(outputs: number, taps: number): AxisTransform {
  const n = outputs + taps - 1;
  const identity = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
  const ones = new Float64Array(n).fill(1);
  return {
    reals: n,
    pairs: 0,
    a: identity,
    b: taps === 1 ? ones : identity,
    s: outputs === 1 ? ones : identity,
  };
}

/**
 * Two polynomials with `taps` and `outputs` coefficients have a product with n, which its values at n points determine:
 * evaluate both, multiply, interpolate. With w fixed, that is a linear map from `outputs` numbers to n. Its transpose is the
 * correlation, from n numbers to `outputs`: evaluation and interpolation change places. So x is given to the transpose of
 * interpolation, A, whose rows are the coefficients of the Lagrange polynomials
 *
 * $$ L_p(z) = \prod_{q \ne p} \frac{z - q}{p - q} $$
 *
 * and B and S are powers of the points, $B_{pk} = p^k$ and $S_{op} = p^o$.
 */
export function transformAt(
  { reals, pairs }: InterpolationPoints,
  outputs: number,
  taps: number,
): AxisTransform {
  const n = outputs + taps - 1;
  const real = reals.map((x): Complex => [x, 0]);
  const product = productOf([...real, ...pairs]);
  const a: number[] = [];
  const b: number[] = [];
  const columnsOfS: number[] = []; // [n, outputs], transposed below
  const add = (p: Complex, parts: readonly (0 | 1)[], toOutput: (power: Complex) => Complex) => {
    const rows = [lagrange(product, p, n), powers(p, taps), powers(p, outputs).map(toOutput)];
    const [ofX, ofW, ofY] = balanced(rows) as [Complex[], Complex[], Complex[]];
    for (const part of parts) {
      a.push(...ofX.map(value => value[part]));
      b.push(...ofW.map(value => value[part]));
      columnsOfS.push(...ofY.map(value => value[part]));
    }
  };
  for (const p of real) add(p, [0], power => power);
  // The conjugate point adds the conjugate, so a pair adds twice the real part of p^o (u + iv): 2 Re p^o u - 2 Im p^o v.
  for (const p of pairs) add(p, [0, 1], ([re, im]) => [2 * re, -2 * im]);
  return {
    reals: reals.length,
    pairs: pairs.length,
    a: Float64Array.from(a),
    b: Float64Array.from(b),
    s: Float64Array.from(
      { length: outputs * n },
      (_, k) => columnsOfS[(k % n) * outputs + Math.floor(k / n)]!,
    ),
  };
}

/**
 * The coefficients of the polynomial that is 1 at p and 0 at the other points: the product of all, without the factor
 * z - p. At infinity, where the value is the leading coefficient, it is the product of all that are finite.
 */
function lagrange(product: readonly number[], [x, y]: Complex, n: number): Complex[] {
  if (x === Infinity) return product.map(coefficient => [coefficient, 0]);
  const degree = product.length - 1;
  const quotient: Complex[] = Array.from({ length: n }, () => [0, 0]);
  const square = x * x + y * y;
  let [re, im] = [0, 0];
  // Division by z - p multiplies by p from the highest coefficient down, or divides by p from the lowest up: whichever shrinks.
  if (square <= 1) {
    for (let k = degree; k > 0; k--) {
      [re, im] = [product[k]! + re * x - im * y, re * y + im * x];
      quotient[k - 1] = [re, im];
    }
  } else {
    for (let k = 0; k < degree; k++) {
      const [u, v] = [re - product[k]!, im];
      [re, im] = [(u * x + v * y) / square, (v * x - u * y) / square];
      quotient[k] = [re, im];
    }
  }
  [re, im] = [0, 0];
  for (const [c, d] of [...quotient].reverse()) [re, im] = [c + re * x - im * y, d + re * y + im * x];
  const norm = re * re + im * im;
  return quotient.map(([c, d]) => [(c * re + d * im) / norm, (d * re - c * im) / norm]);
}

/** $p^0$ to $p^{\text{count} - 1}$; at infinity only the last is there. */
function powers([x, y]: Complex, count: number): Complex[] {
  if (x === Infinity) return Array.from({ length: count }, (_, k) => [k === count - 1 ? 1 : 0, 0]);
  const all: Complex[] = [[1, 0]];
  while (all.length < count) {
    const [re, im] = all.at(-1)!;
    all.push([re * x - im * y, re * y + im * x]);
  }
  return all;
}

/** The coefficients, lowest first, of the polynomial that is 0 at all points but infinity. */
function productOf(points: readonly Complex[]): number[] {
  // In an order in which neighbours lie far apart: else the products on the way have coefficients of 2^n that cancel later.
  const goldenRatio = (Math.sqrt(5) - 1) / 2;
  const spread = points
    .map(([x, y], k) => ({ x, y, place: (k * goldenRatio) % 1 }))
    .sort((first, second) => first.place - second.place);
  let product = [1];
  for (const { x, y } of spread) {
    if (x !== Infinity) product = times(product, y === 0 ? [-x, 1] : [x * x + y * y, -2 * x, 1]);
  }
  return product;
}

function times(p: readonly number[], q: readonly number[]): number[] {
  const product = new Array<number>(p.length + q.length - 1).fill(0);
  for (const [i, a] of p.entries()) {
    for (const [j, b] of q.entries()) product[i + j]! += a * b;
  }
  return product;
}

/**
 * A point's rows of A and B and its column of S, scaled to like sizes by powers of two whose product is 1. That rounds
 * nothing, and no number of the products is much larger or smaller than x and w.
 */
function balanced(rows: readonly (readonly Complex[])[]): Complex[][] {
  const sizes = rows.map(row => Math.log2(Math.max(...row.map(([re, im]) => Math.hypot(re, im)))));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const [ofX = 0, ofW = 0] = sizes.map(size => Math.round(mean - size));
  return [ofX, ofW, -ofX - ofW].map((exponent, k) =>
    rows[k]!.map(([re, im]): Complex => [re * 2 ** exponent, im * 2 ** exponent]),
  );
}
