import { axisTransform, type Components } from './axis-transform';

/** [vertical, horizontal] */
export type Pair = readonly [number, number];

/**
 * A correlation in the plane, as one product of real numbers at each of R ranks: $y = S\,[\,(A x) \cdot (B w)\,]$.
 * Matrices lie row by row.
 */
export interface PlaneTransform {
  /** [R, inputs] */
  readonly a: Float32Array;
  /** [R, taps] */
  readonly b: Float32Array;
  /** [outputs, R] */
  readonly s: Float32Array;
}

/** R: how many real products the components of two axes take. */
export function rankCount(vertical: Components, horizontal: Components): number {
  return (
    vertical.reals * horizontal.reals +
    3 * (vertical.reals * horizontal.pairs + vertical.pairs * horizontal.reals) +
    6 * vertical.pairs * horizontal.pairs
  );
}

/**
 * Transforms along one axis, then along the other: component (i, j) of x is row i of one A by row j of the other, and its
 * products are {@link ranksOf}.
 */
export function planeTransform(outputs: Pair, taps: Pair): PlaneTransform {
  const vertical = axisTransform(outputs[0], taps[0]);
  const horizontal = axisTransform(outputs[1], taps[1]);
  const ranks = ranksOf(vertical, horizontal);
  const n: Pair = [outputs[0] + taps[0] - 1, outputs[1] + taps[1] - 1];
  const rows = (ofAxis: 'a' | 'b', sizes: Pair) => {
    const [first, second] = [vertical[ofAxis], horizontal[ofAxis]];
    return ranks.flatMap(({ from }) =>
      places(sizes).map(([row, column]) =>
        sum(from, ([i, j]) => first[i * sizes[0] + row]! * second[j * sizes[1] + column]!),
      ),
    );
  };
  const s = places(outputs).flatMap(([row, column]) =>
    ranks.map(({ to }) =>
      sum(to, ([i, j]) => vertical.s[row * n[0] + i]! * horizontal.s[column * n[1] + j]!),
    ),
  );
  return {
    a: Float32Array.from(rows('a', n)),
    b: Float32Array.from(rows('b', taps)),
    s: Float32Array.from(s),
  };
}

/** A weighted sum of components (i, j). */
type Sum = readonly Term[];
type Term = readonly [i: number, j: number, weight: number];

/** One product: of which sum of components, x's by w's, and to which components of y it is added. */
interface Rank {
  readonly from: Sum;
  readonly to: Sum;
}

/**
 * Two real points take one product. A real point and a pair take a complex product. Of two pairs, with u and v for the one
 * imaginary unit and the other, a component is rr + ri v + ir u + ii uv: with both units i, and with one of them -i, that
 * is two complex numbers
 *
 * $$ X_\pm = (rr \mp ii) + i\,(ir \pm ri) $$
 *
 * and so two complex products, from which the four parts follow.
 */
function ranksOf(vertical: Components, horizontal: Components): Rank[] {
  const ranks: Rank[] = [];
  const reals = ({ reals }: Components) => Array.from({ length: reals }, (_, k) => k);
  const pairs = ({ reals, pairs }: Components) => Array.from({ length: pairs }, (_, k) => reals + 2 * k);
  for (const i of reals(vertical)) {
    for (const j of reals(horizontal)) ranks.push({ from: [[i, j, 1]], to: [[i, j, 1]] });
  }
  for (const i of reals(vertical)) {
    for (const j of pairs(horizontal)) {
      const [re, im]: Sum[] = [[[i, j, 1]], [[i, j + 1, 1]]];
      ranks.push(...complexProduct(re!, im!, re!, im!));
    }
  }
  for (const i of pairs(vertical)) {
    for (const j of reals(horizontal)) {
      const [re, im]: Sum[] = [[[i, j, 1]], [[i + 1, j, 1]]];
      ranks.push(...complexProduct(re!, im!, re!, im!));
    }
  }
  for (const i of pairs(vertical)) {
    for (const j of pairs(horizontal)) {
      for (const sign of [1, -1]) {
        const re = (weight: number): Sum => [
          [i, j, weight],
          [i + 1, j + 1, -sign * weight],
        ];
        const im = (weight: number): Sum => [
          [i + 1, j, weight],
          [i, j + 1, sign * weight],
        ];
        ranks.push(...complexProduct(re(1), im(1), re(1 / 2), im(1 / 2)));
      }
    }
  }
  return ranks;
}

/** Three real products for a complex one: $(a + ib)(p + iq) = ap - bq + i\,((a + b)(p + q) - ap - bq)$. */
function complexProduct(re: Sum, im: Sum, toRe: Sum, toIm: Sum): Rank[] {
  const minus = (sum: Sum) => sum.map(([i, j, weight]): Term => [i, j, -weight]);
  return [
    { from: re, to: [...toRe, ...minus(toIm)] },
    { from: im, to: [...minus(toRe), ...minus(toIm)] },
    { from: [...re, ...im], to: toIm },
  ];
}

function sum(terms: Sum, value: (term: Term) => number): number {
  return terms.reduce((total, term) => total + term[2] * value(term), 0);
}

/** Rows and columns of a grid, in order. */
function places([rows, columns]: Pair): Pair[] {
  return Array.from({ length: rows * columns }, (_, k) => [Math.floor(k / columns), k % columns]);
}
