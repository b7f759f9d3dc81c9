import { expect, it } from 'vitest';
import { lineOf, mutantsOf, mutate } from './mutants.mjs';

const mutated = (source: string) => mutantsOf(source).map(mutant => mutate(source, mutant));

it.each([
  ['a + b;', ['a - b;']],
  ['a <= b && !c;', ['a <= b || !c;', 'a < b && !c;', 'a <= b && c;']],
  ['const x = y ?? 3;', ['const x = y && 3;', 'const x = y ?? 4;']],
  ['if (a) b = Math.min(c, -d);', ['if (false) b', 'if (true) b', 'Math.max(c, -d)', 'Math.min(c, d)']],
  ['const b = a ? c : d;', ['const b = !(a) ? c : d;']],
  ['await sync(file);', [';']],
  ['const a = { b, c: true, };', ['const a = {  c: true, };', '{ b,  }', 'c: false']],
])('of %s', (source, expected) => {
  const found = mutated(source);
  expect(found).toHaveLength(expected.length);
  for (const one of expected) expect(found).toContainEqual(expect.stringContaining(one));
});

it.each([
  "import { a } from 'b';",
  'type A = 1 | true;',
  "throw new Error('expected ' + (a ? 1 : 2));",
  "const a = 'expected ' + b + ', found ' + c;",
  'interface A { readonly b: false }',
])('none of %s', source => expect(mutated(source)).toEqual([]));

it('shows the lines that change', () => {
  const source = 'const a = {\n  b: 1,\n  c:\n    d,\n};';
  expect(mutantsOf(source).map(mutant => lineOf(source, mutant))).toEqual([
    { number: 2, line: 'b: 1,', mutated: '' },
    { number: 2, line: 'b: 1,', mutated: 'b: 2,' },
    { number: 3, line: 'c: d,', mutated: '' },
  ]);
});
