import { expect, it } from 'vitest';
import { coreGroups, parseCores } from './core-groups';

it.each([
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,8,10-11', [0, 1, 8, 10, 11]],
])('the kernel writes %s', (list, cores) => {
  expect(parseCores(list)).toEqual(cores);
});

it.runIf(process.platform === 'linux')(
  'groups have equal sizes and, while there are enough, no processor in common',
  () => {
    const [all] = coreGroups(1);
    if (!all) return;
    const halves = coreGroups(2).map(group => group!);
    expect(new Set(halves.map(({ length }) => length)).size).toBe(1);
    if (all.length >= 2) expect(new Set(halves.flat()).size).toBe(halves.flat().length);
    expect(coreGroups(3 * all.length).every(group => group!.length === 1)).toBe(true);
  },
);
