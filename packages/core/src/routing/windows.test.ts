import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { gatherWindows, largestInWindows, scatterWindows, tableOf, windowsOf } from './windows';

/** Windows 2x2 of places 3x3, which overlap: the place in the middle is in all four. */
const windows = windowsOf({
  lower: { height: 3, width: 3, channels: 2, dim: 4 },
  higher: { height: 2, width: 2, channels: 3, dim: 4 },
  window: { kernelSize: 2, strides: 1 },
});
const shown = [0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8];
const some = (shape: number[], seed: number) =>
  tf.randomNormal<tf.Rank.R3>(shape as [number, number, number], 0, 1, 'float32', seed);

test('a window shows its places row by row', () => {
  expect(windows).toEqual({ lowerPlaces: 9, places: 4, size: 4, shown });
});

test('strides leave out what is between windows, and what no window reaches', () => {
  const { places, shown } = windowsOf({
    lower: { height: 3, width: 6, channels: 1, dim: 4 },
    higher: { height: 1, width: 2, channels: 1, dim: 4 },
    window: { kernelSize: 2, strides: 3 },
  });
  expect(places).toBe(2);
  expect(shown).toEqual([0, 1, 6, 7, 3, 4, 9, 10]);
});

test('without windows all places are one', () => {
  const grid = { height: 2, width: 3, channels: 4, dim: 4 };
  const all = windowsOf({ lower: grid, higher: { ...grid, height: 1, width: 1 } });
  expect(all).toEqual({ lowerPlaces: 6, places: 1, size: 6, shown: [0, 1, 2, 3, 4, 5] });
  const x = some([2, 6, 3], 1);
  for (const each of [gatherWindows, scatterWindows, largestInWindows]) {
    expect(each(x, all)).toBeAllClose(x, { relative: 0 });
  }
});

test('gathering takes what is at the places shown', () => {
  const x = tf.tensor3d(Array.from({ length: 9 }, (_, place) => [place, -place]).flat(), [1, 9, 2]);
  expect(gatherWindows(x, windows).dataSync()).toBeAllClose(shown.flatMap(place => [place, -place]));
});

test('scattering adds up what windows hold for a place', () => {
  const x = tf.ones<tf.Rank.R3>([1, 16, 1]);
  expect(scatterWindows(x, windows).dataSync()).toBeAllClose([1, 2, 1, 2, 4, 2, 1, 2, 1]);
});

test('the largest of what windows hold for a place is found', () => {
  const x = tf.tensor3d(
    Array.from({ length: 16 }, (_, at) => (at === 6 ? 99 : -at)),
    [1, 16, 1],
  );
  // 6 is the place in the middle, as the second window shows it.
  expect(largestInWindows(x, windows).dataSync()).toBeAllClose([0, -1, -5, -2, 99, -7, -10, -11, -15]);
});

describe('gathering and scattering are transposes', () => {
  const [x, y] = [some([2, 9, 3], 1), some([2, 16, 3], 2)];
  test('as products', () => {
    const gathered = tf.sum(tf.mul(gatherWindows(x, windows), y));
    expect(tf.sum(tf.mul(x, scatterWindows(y, windows)))).toBeAllClose(gathered);
  });
  test('as gradients of each other', () => {
    expect(tf.grad(x => gatherWindows(x as tf.Tensor3D, windows))(x, y)).toBeAllClose(
      scatterWindows(y, windows),
    );
    expect(tf.grad(y => scatterWindows(y as tf.Tensor3D, windows))(y, x)).toBeAllClose(
      gatherWindows(x, windows),
    );
  });
});

test('a table of children and parents has zeros where a window does not show a child', () => {
  const [batch, parents, channels] = [2, 3, 2];
  const x = some([batch * 4, parents, 4 * channels], 3);
  const values = x.dataSync();
  const expected = new Float32Array(batch * 18 * 12);
  for (let row = 0; row < batch; row++) {
    for (const [at, place] of shown.entries()) {
      const [window, offset] = [Math.floor(at / 4), at % 4];
      for (let parent = 0; parent < parents; parent++) {
        for (let channel = 0; channel < channels; channel++) {
          const child = place * channels + channel;
          const from = ((row * 4 + window) * parents + parent) * 8 + offset * channels + channel;
          expected[(row * 18 + child) * 12 + window * parents + parent] = values[from]!;
        }
      }
    }
  }
  expect(tableOf(x, windows)).toBeAllClose({ shape: [batch, 18, 12], data: expected }, { relative: 0 });
});
