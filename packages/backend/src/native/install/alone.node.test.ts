import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { alone } from './alone';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-alone-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('runs one task after the other, and says once whom it waits for', async () => {
  const folder = join(await temporaryFolder(), 'made', 'when needed');
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await sleep(700);
    events.push(`${name} ends`);
    return name;
  };
  const lines: string[] = [];
  const first = alone(folder, task('first'), line => lines.push(line));
  while (events.length === 0) await sleep(10);
  const second = alone(folder, task('second'), line => lines.push(line));
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^Waiting: .+ is in use by process ${process.pid} on .+`)),
  ]);
  expect(await readdir(folder)).toEqual([]);
});

it('leaves the folder to others when its task fails', async () => {
  const folder = await temporaryFolder();
  const failing = () => Promise.reject(new Error('no compiler'));
  await expect(alone(folder, failing, () => {})).rejects.toThrow('no compiler');
  expect(await readdir(folder)).toEqual([]);
});
