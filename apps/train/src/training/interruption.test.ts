import { afterEach, expect, it, vi } from 'vitest';
import { listenForInterruption } from './interruption';

afterEach(() => {
  vi.restoreAllMocks();
});

it('asks once to stop, takes an echo of the signal for the same, and ends at the second', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const notify = vi.fn();
  const interruption = listenForInterruption(notify);
  expect(interruption.abort.aborted).toBe(false);

  process.emit('SIGINT', 'SIGINT');
  clock.mockReturnValue(20);
  process.emit('SIGINT', 'SIGINT');
  expect(interruption.abort.aborted).toBe(true);
  expect(interruption.exitCode()).toBe(130);
  expect(notify).toHaveBeenCalledOnce();
  expect(exit).not.toHaveBeenCalled();

  clock.mockReturnValue(2000);
  process.emit('SIGTERM', 'SIGTERM');
  expect(exit).toHaveBeenCalledExactlyOnceWith(143);

  interruption.dispose();
  expect(process.listeners('SIGINT')).toEqual([]);
});

it('a terminal that is closed asks to stop, however often it is told of', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const interruption = listenForInterruption(() => {});
  process.emit('SIGHUP', 'SIGHUP');
  clock.mockReturnValue(2000);
  process.emit('SIGHUP', 'SIGHUP');
  expect([interruption.abort.aborted, interruption.exitCode()]).toEqual([true, 129]);
  expect(exit).not.toHaveBeenCalled();
  interruption.dispose();
  expect(process.listeners('SIGHUP')).toEqual([]);
});
