import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time';

test('work begins when all before it is done, whether that succeeds or fails', async () => {
  const next = oneAtATime();
  const log: string[] = [];
  const work = (name: string, turns: number) => async () => {
    log.push(`${name} begins`);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    log.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
    return name;
  };
  const results = await Promise.allSettled([next(work('a', 9)), next(work('b', 3)), next(work('c', 0))]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results).toMatchObject([{ value: 'a' }, { reason: { message: 'b fails' } }, { value: 'c' }]);
});
