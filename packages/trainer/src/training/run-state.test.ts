import { expect, test } from 'vitest';
import { readRunState } from './run-state';

const state =
  '"step":1,"settled":true,"batchesPerEpoch":2,"source":0,"best":null,"withoutImprovement":0,' +
  '"epoch":{"examples":0,"sums":{}},"fingerprint":null';

test('takes from a file what a run knows, and nothing else', () => {
  const run = readRunState(JSON.parse(`{${state},"more":1,"__proto__":{"polluted":1}}`));
  expect(run).toStrictEqual(JSON.parse(`{${state}}`));
  // What `Object.assign` makes of it has its own prototype, not that of the file.
  expect(Object.assign({}, run)).not.toHaveProperty('polluted');
});
