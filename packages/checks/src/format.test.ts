import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from './format';

it.each([
  [formatPercent(0.99126), '99.13%'],
  [formatPercent(0), '0.00%'],
  [formatPercent(1), '100.00%'],
  [formatCount(999), '999'],
  [formatCount(60000), '60,000'],
  [formatDuration(0.4), '0 s'],
  [formatDuration(59.4), '59 s'],
  [formatDuration(59.6), '1 min 0 s'],
  [formatDuration(725), '12 min 5 s'],
  [formatDuration(3599.6), '1 h 0 min'],
  [formatDuration(3 * 3600 + 20 * 60 - 29), '3 h 20 min'],
  [formatDuration(2 * 3600 - 10), '2 h 0 min'],
  [formatBytes(149.6e6), '150 MB'],
  [formatBytes(999e6), '999 MB'],
  [formatBytes(2.06e9), '2.1 GB'],
  [formatRate(9.54), '9.5 images/s'],
  [formatRate(309.6), '310 images/s'],
])('%s', (found, expected) => {
  expect(found).toBe(expected);
});
