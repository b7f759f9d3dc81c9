import { source } from '../../.vitepress/source';

interface Interpolation {
  readonly n: number;
  /** Points that could be chosen, the chosen ones among them. */
  readonly choices: readonly {
    readonly points: string;
    readonly isChosen: boolean;
    /** In the plane, where two pairs take nine products. */
    readonly ranks: number;
    /** Where they take six. */
    readonly fewest: number;
    readonly error: string;
  }[];
  readonly directProducts: number;
  /** How many times fewer multiplications the second convolution of the paper takes in batches of 128. */
  readonly fewer: string;
}

declare const data: Interpolation;

export { data };

/** Computed when the site is built, for the paper's second convolution: 6 outputs and 5 taps an axis, at stride 1. */
export default {
  async load(): Promise<Interpolation> {
    type Points = typeof import('../../../../packages/core/src/convolution/interpolation-points');
    type Axis = typeof import('../../../../packages/core/src/convolution/axis-transform');
    type Products = typeof import('../../../../packages/core/src/convolution/real-products');
    type Convolution = typeof import('../../../../packages/core/src/convolution/bilinear-convolution');
    type Errors = typeof import('../../../../packages/core/test/float32-error');
    const { interpolationPoints } = await source<Points>('core/src/convolution/interpolation-points.ts');
    const { transformAt } = await source<Axis>('core/src/convolution/axis-transform.ts');
    const { productCount, fewestProducts } = await source<Products>('core/src/convolution/real-products.ts');
    const { multiplications } = await source<Convolution>('core/src/convolution/bilinear-convolution.ts');
    const { errorInFloat32 } = await source<Errors>('core/test/float32-error.ts');

    const [outputs, taps] = [6, 5];
    const n = outputs + taps - 1;
    const chosen = interpolationPoints(n);
    const allReal = { reals: [...chosen.reals, 3 / 2, -3 / 2], pairs: [] };
    const roots = {
      reals: [1, -1],
      pairs: [1, 2, 3, 4].map(
        k => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)] as const,
      ),
    };
    const choice = (points: typeof chosen, name: string) => {
      const transform = transformAt(points, outputs, taps);
      return {
        points: name,
        isChosen: points === chosen,
        ranks: productCount(transform) ** 2,
        fewest: fewestProducts(transform, transform),
        error: errorInFloat32(transform, outputs, taps).toExponential(0),
      };
    };
    const { direct, products, transforms } = multiplications([128, 20, 20, 256], [9, 9, 256, 256], [2, 2]);
    return {
      n,
      choices: [
        choice(allReal, allReal.reals.map(written).join(', ')),
        choice(chosen, [...chosen.reals.map(written), ...chosen.pairs.map(pair)].join(', ')),
        choice(roots, `the ${n}th roots of unity (the discrete Fourier transform)`),
      ],
      directProducts: outputs ** 2 * taps ** 2,
      fewer: (direct / (products + transforms)).toFixed(1),
    };
  },
};

function written(x: number): string {
  if (x === Infinity) return '∞';
  const denominator = [1, 2, 3, 4].find(d => Number.isInteger(x * d)) ?? 1;
  const size = Math.abs(x * denominator);
  return `${x < 0 ? '−' : ''}${denominator === 1 ? size : `${size}/${denominator}`}`;
}

function pair([x, y]: readonly [number, number]): string {
  return Math.abs(x) < 1e-9 && y === 1 ? '±i' : `${x.toFixed(2)} ± ${y.toFixed(2)}i`;
}
