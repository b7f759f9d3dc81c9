import type { AxisTransform, Components } from './axis-transform';

/** A matrix, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A correlation along one axis, $y = S\,[\,(A x) \cdot (B w)\,]$, by R products of real numbers. */
export interface RealProducts {
  /** [R, inputs] */
  readonly a: Matrix;
  /** [R, taps] */
  readonly b: Matrix;
  /** [outputs, R] */
  readonly s: Matrix;
}

/**
 * R: a real point takes one product, a pair three.
 *
 * In the plane it is R of the one axis times R of the other. Of two pairs that makes nine products. Six would do, since the
 * four parts are two complex numbers, but putting those together takes a copy of everything at the ranks, which costs more
 * than the products that it saves.
 */
export function productCount({ reals, pairs }: Components): number {
  return reals + 3 * pairs;
}

/**
 * The fewest products of two axes: two real points take one, a real one and a pair three, and two pairs six, two complex
 * products of three each. Axis by axis, as {@link productCount} has it, two pairs take nine.
 */
export function fewestProducts(vertical: Components, horizontal: Components): number {
  return (
    vertical.reals * horizontal.reals +
    3 * (vertical.reals * horizontal.pairs + vertical.pairs * horizontal.reals) +
    6 * vertical.pairs * horizontal.pairs
  );
}

/**
 * The {@link axisTransform} with its complex products made of three real ones each:
 *
 * $$ (a + ib)(p + iq) = ap - bq + i\,((a + b)(p + q) - ap - bq) $$
 *
 * Below the rows of each pair in A and in B comes their sum, and S takes the three products as the two parts.
 */
export function realProducts({ a, b, s, ...components }: AxisTransform): RealProducts {
  return { a: withSums(components, a), b: withSums(components, b), s: ofThree(components, s) };
}

function withSums({ reals, pairs }: Components, data: Float64Array): Matrix {
  const columns = data.length / (reals + 2 * pairs);
  const row = (k: number) => data.subarray(k * columns, (k + 1) * columns);
  const rows = Array.from({ length: reals }, (_, k) => row(k));
  for (let pair = 0; pair < pairs; pair++) {
    const [re, im] = [row(reals + 2 * pair), row(reals + 2 * pair + 1)];
    rows.push(
      re,
      im,
      re.map((value, k) => value + im[k]!),
    );
  }
  return { rows: rows.length, columns, data: Float32Array.from(rows.flatMap(row => [...row])) };
}

function ofThree({ reals, pairs }: Components, data: Float64Array): Matrix {
  const n = reals + 2 * pairs;
  const outputs = data.length / n;
  const rows = Array.from({ length: outputs }, (_, output) => {
    const row = [...data.subarray(output * n, (output + 1) * n)];
    const products = row.slice(0, reals);
    for (let k = reals; k < n; k += 2) {
      const [re, im] = [row[k]!, row[k + 1]!];
      products.push(re - im, -re - im, im);
    }
    return products;
  });
  return { rows: outputs, columns: productCount({ reals, pairs }), data: Float32Array.from(rows.flat()) };
}
