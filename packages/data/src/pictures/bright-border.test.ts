import { expect, test } from 'vitest';
import { hasBrightBorder } from './bright-border';

test('hasBrightBorder looks at the edge only', () => {
  const size = { height: 3, width: 3, channels: 1 };
  const ring = (edge: number, inside: number) =>
    Float32Array.from([edge, edge, edge, edge, inside, edge, edge, edge, edge]);
  expect(hasBrightBorder(ring(0.9, 0), size)).toBe(true);
  expect(hasBrightBorder(ring(0.1, 1), size)).toBe(false);
  // Two of the twelve values at the edge of two channels are bright, then ten.
  const channels = { height: 1, width: 6, channels: 2 };
  expect(hasBrightBorder(new Float32Array(12).fill(0).fill(1, 0, 2), channels)).toBe(false);
  expect(hasBrightBorder(new Float32Array(12).fill(1).fill(0, 0, 2), channels)).toBe(true);
});
