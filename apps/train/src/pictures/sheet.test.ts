import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { drawSheet } from './sheet';

const image = (value: number) => ({
  height: 2,
  width: 3,
  channels: 1,
  pixels: new Float32Array(6).fill(value),
});

it('lays tiles out with gaps, enlarged, and frames the marked ones', () => {
  const rows = [[{ image: image(0) }, { image: image(1), marked: true }], [{ image: image(0.5) }]];
  const { width, height, data } = PNG.sync.read(drawSheet([rows, rows], { scale: 2 }));
  // Two columns of 6 pixels with gaps of 4 around them; four rows of 4, a wider gap of 14 between the groups.
  expect([width, height]).toEqual([4 + 6 + 4 + 6 + 4, 4 + 4 + 4 + 4 + 4 + 10 + 4 + 4 + 4 + 4]);
  const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  expect(at(0, 0)).toEqual([255, 255, 255]);
  expect(at(4, 4)).toEqual([0, 0, 0]);
  expect(at(9, 7)).toEqual([0, 0, 0]);
  expect(at(14, 4)).toEqual([255, 255, 255]);
  expect(at(13, 4)).toEqual([194, 65, 12]);
  expect(at(4, 12)).toEqual([128, 128, 128]);
  // Where the second row has no tile
  expect(at(15, 12)).toEqual([255, 255, 255]);
});
