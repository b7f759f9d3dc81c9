import { expect, test } from 'vitest';
import { runFolder } from './run-folder';

test.each(['night', 'a-1_b.c', '実験1', 'épreuve', 'e\u0301preuve', 'опыт', '1', '_'])(
  '%s is a name',
  name => {
    expect(runFolder('runs', name).name).toBe(name);
  },
);

test.each(['', '.hidden', '-x', '../x', 'a/b', 'a b', 'a\nb', '\u0301', 'a\u202eb', '😀'])(
  '%j is none',
  name => {
    expect(() => runFolder('runs', name)).toThrow('--name');
  },
);
