import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { expect, test } from 'vitest';
import { axisTransform, componentsOf } from './axis-transform';

const random = linearCongruential(1);
const numbers = (count: number) => Float64Array.from({ length: count }, () => 2 * random() - 1);

/** [rows, columns] by a vector */
function product(matrix: Float64Array, x: ArrayLike<number>): number[] {
  const columns = x.length;
  return Array.from({ length: matrix.length / columns }, (_, row) =>
    Array.from(x).reduce((sum, value, column) => sum + matrix[row * columns + column]! * value, 0),
  );
}

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 20, 31, 40, 60];

test.each(sizes)('with %i points it is the correlation, for every kernel', n => {
  for (let taps = 1; taps <= n; taps++) {
    const outputs = n + 1 - taps;
    const { reals, pairs, a, b, s } = axisTransform(outputs, taps);
    expect(reals + 2 * pairs).toBe(n);
    expect({ reals, pairs }).toEqual(componentsOf(outputs, taps));
    expect([a.length, b.length, s.length]).toEqual([n * n, n * taps, outputs * n]);

    const [x, w] = [numbers(n), numbers(taps)];
    const [xs, ws] = [product(a, x), product(b, w)];
    const products = xs.map((value, k) => value * ws[k]!);
    for (let re = reals; re < n; re += 2) {
      const im = re + 1;
      products[re] = xs[re]! * ws[re]! - xs[im]! * ws[im]!;
      products[im] = xs[re]! * ws[im]! + xs[im]! * ws[re]!;
    }
    const y = product(s, products);
    const largest = Math.sqrt(taps); // of a sum of as many numbers within 1
    for (let o = 0; o < outputs; o++) {
      const expected = w.reduce((sum, weight, k) => sum + weight * x[o + k]!, 0);
      expect(Math.abs(y[o]! - expected) / largest).toBeLessThan(1e-12);
    }
  }
});

test('neither components nor what is made of them are much larger or smaller than x and the kernel', () => {
  const sizeOf = (row: ArrayLike<number>) => Math.max(...Array.from(row, Math.abs));
  for (const n of sizes) {
    const [taps, outputs] = [Math.ceil(n / 2), n + 1 - Math.ceil(n / 2)];
    const { reals, a, b, s } = axisTransform(outputs, taps);
    for (let k = 0; k < reals; k++) {
      const column = Array.from({ length: outputs }, (_, o) => s[o * n + k]!);
      const rows = [a.subarray(k * n, (k + 1) * n), b.subarray(k * taps, (k + 1) * taps), column];
      const ofRows = rows.map(sizeOf);
      expect(Math.max(...ofRows) / Math.min(...ofRows)).toBeLessThanOrEqual(4);
    }
  }
});

test('of two axes, a point and a pair take one complex product, and two pairs take two', () => {
  const [outputs, taps] = [6, 5];
  const n = outputs + taps - 1;
  const { reals, pairs, a, b, s } = axisTransform(outputs, taps);
  const [x, w] = [numbers(n * n), numbers(taps * taps)];
  /** A matrix of `columns` along both axes, [columns, columns] -> [rows, rows] */
  const along = (matrix: Float64Array, columns: number, x: ArrayLike<number>) => {
    const once = (x: ArrayLike<number>) => {
      const lines = Array.from({ length: x.length / columns }, (_, line) =>
        product(matrix, Array.from(x).slice(line * columns, (line + 1) * columns)),
      );
      return lines[0]!.flatMap((_, row) => lines.map(line => line[row]!));
    };
    return once(once(x));
  };
  const [xs, ws] = [along(a, n, x), along(b, taps, w)];
  const ys = new Float64Array(n * n);
  let count = 0;
  type Complex = readonly [number, number];
  const times = ([a, b]: Complex, [p, q]: Complex): Complex => {
    count += 3;
    const [real, imaginary] = [a * p, b * q];
    return [real - imaginary, (a + b) * (p + q) - real - imaginary];
  };
  const starts = Array.from({ length: reals + pairs }, (_, k) => (k < reals ? k : 2 * k - reals));
  for (const i of starts) {
    for (const j of starts) {
      const [rr, ri, ir, ii] = [i * n + j, i * n + j + 1, (i + 1) * n + j, (i + 1) * n + j + 1];
      if (i < reals && j < reals) {
        count++;
        ys[rr] = xs[rr]! * ws[rr]!;
      } else if (i < reals || j < reals) {
        const im = i < reals ? ri : ir;
        [ys[rr], ys[im]] = times([xs[rr]!, xs[im]!], [ws[rr]!, ws[im]!]);
      } else {
        // The imaginary unit of the one axis is i, that of the other i or -i.
        const both = (sign: number) => {
          const at = (values: ArrayLike<number>): Complex => [
            values[rr]! - sign * values[ii]!,
            values[ir]! + sign * values[ri]!,
          ];
          return times(at(xs), at(ws));
        };
        const [plus, minus] = [both(1), both(-1)];
        ys[rr] = (plus[0] + minus[0]) / 2;
        ys[ii] = (minus[0] - plus[0]) / 2;
        ys[ri] = (plus[1] - minus[1]) / 2;
        ys[ir] = (plus[1] + minus[1]) / 2;
      }
    }
  }
  expect(count).toBe(118);
  const y = along(s, n, ys);
  for (let o = 0; o < outputs * outputs; o++) {
    const corner = Math.floor(o / outputs) * n + (o % outputs);
    const expected = w.reduce((sum, v, k) => sum + v * x[corner + Math.floor(k / taps) * n + (k % taps)]!, 0);
    expect(Math.abs(y[o]! - expected)).toBeLessThan(1e-12);
  }
});
