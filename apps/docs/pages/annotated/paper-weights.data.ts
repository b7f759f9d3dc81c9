import { source } from '../../.vitepress/source';

interface Weights {
  readonly rows: readonly { readonly name: string; readonly shape: string; readonly count: string }[];
  readonly total: string;
}

declare const data: Weights;

export { data };

/** Computed when the site is built: how many parameters each part of the paper's network has. */
export default {
  async load(): Promise<Weights> {
    type Shapes = typeof import('../../../../packages/core/src/networks/capsnet/weight-shapes');
    type Paper = typeof import('../../../../packages/core/src/networks/capsnet/presets/paper');
    const { weightShapes } = await source<Shapes>('core/src/networks/capsnet/weight-shapes.ts');
    const { paperConfig } = await source<Paper>('core/src/networks/capsnet/presets/paper.ts');
    const shapes = Object.entries(weightShapes(paperConfig));
    const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
    const show = (number: number) => number.toLocaleString('en');
    return {
      rows: shapes.map(([name, shape]) => ({ name, shape: shape.join(', '), count: show(count(shape)) })),
      total: show(shapes.reduce((sum, [, shape]) => sum + count(shape), 0)),
    };
  },
};
