import { expect, test } from 'vitest';
import { busiestChannels } from './busiest-channels';

// Two positions with four channels each.
const view = {
  grid: { rows: 1, columns: 2, channels: 4 },
  contributions: Float32Array.from([3, 0, -5, 1, 0, 2, 9, 0]), // by channel 3, 2, 4, 1
};

test('sums over positions and keeps the order of the network', () => {
  expect(busiestChannels(view, 2)).toEqual([0, 2]);
  expect(busiestChannels(view, 3)).toEqual([0, 1, 2]);
});

test('has no more channels than there are', () => {
  expect(busiestChannels(view, 8)).toEqual([0, 1, 2, 3]);
});
