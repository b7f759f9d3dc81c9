import fc from 'fast-check';

/** Stands for nesting that a text may have and `JSON.stringify` cannot write. */
const deep = 'nested very deeply';
const depth = 20_000;

/** What nobody expects in a place, and names that mean something to JavaScript or to a file system. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, '', 'x', [], {}, [[]], -1, 0, 0.5, 3, -0, 65537, 2 ** 31, 2 ** 32, 2 ** 53, 1e308],
      ...[
        '../../secret',
        '/etc/passwd',
        '__proto__',
        'toString',
        'NaN',
        '\u0000',
        JSON.parse('{"__proto__":{"x":1}}'),
      ],
      ...[[2 ** 31, 2 ** 31], { length: 3 }, { toString: 1 }],
    ),
  },
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constant(deep) },
);
const hostileKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'length',
    '',
    '0',
    '../x',
    'a'.repeat(300),
  ),
  fc.string({ maxLength: 4 }),
);

type Change = (value: unknown) => unknown;
const remove = Symbol('remove');

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: hostileValue.map(value => () => value) },
  { weight: 2, arbitrary: fc.constant(() => remove) },
  {
    weight: 2,
    arbitrary: fc.tuple(hostileKey, hostileValue).map(([key, value]) => (group: unknown) => {
      if (Array.isArray(group)) return [...group, value];
      if (typeof group !== 'object' || group === null) return value;
      return Object.fromEntries([...Object.entries(group), [key, value]]);
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(-1, 1, 2, 0.5, 1000), fc.boolean()).map(
      ([by, adds]) =>
        (value: unknown) =>
          typeof value === 'number' ? (adds ? value + by : value * by) : value,
    ),
  },
);

/** A tree of JSON with up to three changes, anywhere in it. */
export function mutatedJson(trees: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(fc.tuple(fc.nat(9999), change), { maxLength: 3, size: 'max' });
  return fc
    .tuple(fc.constantFrom(...trees), changes)
    .map(([tree, list]) =>
      list.reduce<unknown>((changed, [place, how]) => changeAt(changed, place, how), tree),
    );
}

/** As JSON, with the nesting. */
export function jsonText(tree: unknown): string {
  return `${JSON.stringify(tree)}`.replaceAll(JSON.stringify(deep), '['.repeat(depth) + ']'.repeat(depth));
}

function changeAt(tree: unknown, place: number, how: Change): unknown {
  const all = countNodes(tree);
  let left = place % all;
  const visit = (node: unknown): unknown => {
    if (left-- === 0) return how(node);
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return node.map(visit).filter(item => item !== remove);
    const entries = Object.entries(node).map(([key, value]) => [key, visit(value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== remove));
  };
  const changed = visit(tree);
  return changed === remove ? null : changed;
}

function countNodes(tree: unknown): number {
  if (typeof tree !== 'object' || tree === null) return 1;
  return Object.values(tree).reduce<number>((sum, value) => sum + countNodes(value), 1);
}
