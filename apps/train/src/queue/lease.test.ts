import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { holdLease } from './lease';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = () => new Promise<number>(() => {});

it('is kept while it is renewed', async () => {
  const lease = holdLease(async () => 1, 1000, performance.now());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lease.isLost()).toBe(false);
  lease.release();
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  ['no answer', never],
  ['no connection', () => Promise.reject(new Error('Connection is closed.'))],
])('is given up before another worker can get it: %s', async (_, renew) => {
  const lease = holdLease(renew, 1000, performance.now());
  await vi.advanceTimersByTimeAsync(700);
  expect(lease.isLost()).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect([lease.isLost(), lease.signal.aborted, vi.getTimerCount()]).toEqual([true, true, 0]);
});

it('counts from when it was asked for, not from when the answer came', async () => {
  let answer: (renewed: number) => void = () => {};
  const lease = holdLease(() => new Promise(resolve => (answer = resolve)), 1000, performance.now());
  await vi.advanceTimersByTimeAsync(250);
  const first = answer;
  await vi.advanceTimersByTimeAsync(500);
  first(1);
  await vi.advanceTimersByTimeAsync(250);
  expect(lease.isLost()).toBe(false);
  await vi.advanceTimersByTimeAsync(150);
  expect(lease.isLost()).toBe(true);
});

it.each([
  ['says no', async () => 0],
  ['has another token', () => Promise.reject(new Error('Missing lock for job 1. extendLock'))],
])('is lost at once when the queue %s', async (_, renew) => {
  const lease = holdLease(renew, 1000, performance.now());
  await vi.advanceTimersByTimeAsync(260);
  expect(lease.isLost()).toBe(true);
});

it('an answer that comes after it was lost is none', async () => {
  const lease = holdLease(async () => 1, 1000, performance.now());
  expect(await lease.whileHeld(Promise.resolve(5))).toBe(5);
  const late = lease.whileHeld(never());
  lease.lose();
  await expect(late).rejects.toThrow('the queue has given the training to another worker');
});
