import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { CapsnetError, differences, sha256, show } from './index';

it('an error has a code, and a cause if there is one', () => {
  const cause = new Error('disk');
  const error = new CapsnetError('damaged-file', 'expected a file', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'CapsnetError',
    code: 'damaged-file',
    message: 'expected a file',
    cause,
  });
});

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [0.5, '0.5'],
  ['a', '"a"'],
  ['x'.repeat(61), `"${'x'.repeat(60)}..."`],
  [[1, 'a', null, [1, 2], {}], '[1, "a", null, a list of 2, an object]'],
  [Array(9).fill(0), '[0, 0, 0, 0, 0, 0, 0, 0, ... 9 in all]'],
  [{ a: 1 }, 'an object'],
])('shows %j as %s', (value, text) => {
  expect(show(value)).toBe(text);
});

describe('differences', () => {
  it('are named by their path, with both values', () => {
    const before = { model: { routing: { iterations: 3 }, sizes: [1, 2] }, gone: true };
    const now = { model: { routing: { iterations: 2 }, sizes: [1, 3] }, come: null };
    expect(differences(before, now)).toEqual([
      { path: 'model.routing.iterations', before: 3, now: 2 },
      { path: 'model.sizes', before: [1, 2], now: [1, 3] },
      { path: 'gone', before: true, now: undefined },
      { path: 'come', before: undefined, now: null },
    ]);
  });

  it('do not depend on the order of keys, in lists either', () => {
    expect(differences({ a: [{ b: 1, c: 2 }], d: 3 }, { d: 3, a: [{ c: 2, b: 1 }] })).toEqual([]);
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toHaveLength(1);
  });

  it('know a value that every object inherits from one that it has', () => {
    expect(differences({}, { constructor: 1 })).toEqual([{ path: 'constructor', before: undefined, now: 1 }]);
  });
});

describe.each([
  ['with', globalThis.crypto],
  ['without', { ...globalThis.crypto, subtle: undefined }],
])('%s what secure pages alone have', (_, crypto) => {
  it('sha256 is that of Node', async () => {
    vi.stubGlobal('crypto', crypto);
    try {
      for (const length of [0, 55, 56, 64, 1000, 100_000]) {
        const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
        expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
        // A part of a larger buffer, as a file's is
        const part = new Uint8Array(bytes.buffer, Math.min(3, length));
        expect(await sha256(part)).toBe(createHash('sha256').update(part).digest('hex'));
      }
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
