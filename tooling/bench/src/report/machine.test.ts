import { expect, test } from 'vitest';
import { chosen, describeMachine, interestingOf, isSameMachine, type Machine } from './machine';

const machine: Machine = {
  processor: 'P',
  instructionSets: ['avx2'],
  cores: 2,
  pageBytes: 4096,
  hugePages: 'madvise',
  memoryBytes: 2 ** 34,
  system: 'S',
  node: '20',
};

test.each([
  { features: 'fpu avx avx2 avx512f fma', expected: ['avx2', 'fma', 'avx512f'] },
  { features: 'FPU AVX1.0 FMA\nAVX2 BMI2', expected: ['avx2', 'fma'] },
  { features: 'fp asimd sve', expected: ['neon', 'sve'] },
  { features: 'fpu avx512fx', expected: [] },
])('of $features, $expected matter', ({ features, expected }) => {
  expect(interestingOf(features)).toEqual(expected);
});

test.each([
  { choices: 'always [madvise] never\n', expected: 'madvise' },
  { choices: '[always] madvise never\n', expected: 'always' },
  { choices: '', expected: null },
])('of $choices, $expected is chosen', ({ choices, expected }) => {
  expect(chosen(choices)).toBe(expected);
});

test.each([
  { processor: 'Q' },
  { instructionSets: ['avx2', 'avx512f'] },
  { instructionSets: null },
  { cores: 4 },
  { pageBytes: 16384 },
  { hugePages: 'always' },
])('%o is another machine', other => {
  expect(isSameMachine(machine, { ...machine, ...other })).toBe(false);
});

test('a machine stays the same with another kernel, Node or memory', () => {
  expect(isSameMachine(machine, { ...machine, memoryBytes: 1, system: 'T', node: '24' })).toBe(true);
});

test('what this machine does not tell is null', () => {
  const { cores, pageBytes, hugePages, instructionSets } = describeMachine();
  expect(cores).toBeGreaterThan(0);
  expect(pageBytes ?? 4096).toBeGreaterThanOrEqual(4096);
  expect([null, 'always', 'madvise', 'never']).toContain(hugePages);
  expect(instructionSets ?? []).toBeInstanceOf(Array);
});
