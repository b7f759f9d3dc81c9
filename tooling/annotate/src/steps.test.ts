import { expect, it } from 'vitest';
import { stepsOf } from './steps';

const source = `import * as tf from 'tf';
import { b } from './b';

export interface Options {
  /** Default 3. */
  readonly iterations?: number;
}

/**
 * The length $\\lVert v \\rVert$, see {@link squash}.
 *
 * @param v vectors [..., dim]
 * @returns [...] -> never negative
 * @throws {@link RangeError} if Array<T> is empty
 */
export function length(v: tf.Tensor): tf.Tensor {
  const squared = tf.square(v); // [..., dim]

  // Summed over
  // the last axis.
  return tf.sum(squared, -1);
}

function undocumented() {}
`;

it('begins a step at each comment that has its lines to itself, and at each declaration', () => {
  const steps = stepsOf(source, 'a.ts');
  expect(steps.map(({ name, line }) => [name, line])).toEqual([
    [undefined, 1],
    [undefined, 4],
    [undefined, 5],
    ['length', 15],
    [undefined, 20],
    [undefined, 24],
  ]);
  expect(steps[2]).toMatchObject({ prose: 'Default 3.', code: '  readonly iterations?: number;\n}' });
  expect(steps[3]!.code).toContain('tf.square(v); // [..., dim]');
  expect(steps[4]).toMatchObject({
    prose: 'Summed over\nthe last axis.',
    code: '  return tf.sum(squared, -1);\n}',
  });
});

it('leaves nothing of the code out', () => {
  const written = stepsOf(source, 'a.ts').map(({ code }) => code);
  const withoutComments = source.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/^ *\/\/.*$/gm, '');
  expect(written.join('').replace(/\s/g, '')).toBe(withoutComments.replace(/\s/g, ''));
});

it('writes a doc comment as Markdown, keeps formulas, and makes code of shapes', () => {
  expect(stepsOf(source, 'a.ts')[3]!.prose).toBe(
    [
      'The length $\\lVert v \\rVert$, see `squash`.',
      '',
      '- `v` vectors `[..., dim]`',
      '',
      '**Returns** `[...]` → never negative',
      '',
      '**Throws** `RangeError` if Array&lt;T> is empty',
    ].join('\n'),
  );
});

it('shows named declarations alone, in the order asked for', () => {
  const steps = stepsOf(source, 'a.ts', ['undocumented', 'length']);
  expect(steps.map(({ code }) => code.split('\n')[0])).toEqual([
    'function undocumented() {}',
    'export function length(v: tf.Tensor): tf.Tensor {',
    '  return tf.sum(squared, -1);',
  ]);
});

it('refuses a declaration that is gone', () => {
  expect(() => stepsOf(source, 'a.ts', ['squash'])).toThrow(
    'a.ts: expected a declaration squash, found Options, length, undocumented',
  );
});
