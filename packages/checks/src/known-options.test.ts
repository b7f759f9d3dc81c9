import { expect, it } from 'vitest';
import { expectKnownOptions } from './known-options';

interface Options {
  readonly batchSize?: number;
  readonly seed?: number;
}
const check = (options: unknown) => () =>
  expectKnownOptions('batches', options as Options, ['batchSize', 'seed']);

it('takes options that are known, also those that are undefined', () => {
  expect(check({})).not.toThrow();
  expect(check({ seed: undefined, batchSize: 3 })).not.toThrow();
});

it.each([
  [{ batchSize: 3, sead: 1 }, 'batches: unknown option sead: did you mean seed?'],
  [{ batchsize: undefined }, 'batches: unknown option batchsize: did you mean batchSize?'],
  [JSON.parse('{"__proto__": 1}'), 'batches: unknown option __proto__'],
  [undefined, 'batches: expected an object with batchSize, seed, found nothing'],
  [null, 'batches: expected an object with batchSize, seed, found null'],
  ['wasm', 'batches: expected an object with batchSize, seed, found "wasm"'],
])('refuses others: %j', (options, message) => {
  expect(check(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  expect(check(options)).toThrow(message);
});
