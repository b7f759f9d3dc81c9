import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from './journal';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-journal-'));
  file = join(folder, 'journal.jsonl');
  const journal = await openJournal(folder);
  journal.append({ type: 'sweep', described: { title: 'some' }, train: 'a'.repeat(64) });
  for (const trial of [0, 1]) {
    journal.append({ type: 'begin', trial, level: 0, until: 5, values: { a: trial } });
    journal.append({ type: 'end', trial, state: 'paused', steps: 5, images: 80, error: 0.25, loss: 0.5 });
  }
  journal.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function entries() {
  const journal = await openJournal(folder);
  journal.close();
  return journal.entries.map(({ at: _, ...entry }) => entry);
}

it('is read as it was written, and goes on', async () => {
  expect(await entries()).toMatchObject([
    { type: 'sweep', described: { title: 'some' } },
    { type: 'begin', trial: 0, values: { a: 0 } },
    { type: 'end', trial: 0, error: 0.25 },
    { type: 'begin', trial: 1, values: { a: 1 } },
    { type: 'end', trial: 1, error: 0.25 },
  ]);
  const again = await openJournal(folder);
  again.append({ type: 'over' });
  again.close();
  expect((await entries()).at(-1)).toEqual({ type: 'over' });
});

it('loses half a line that a process has left, at whatever byte that was killed', async () => {
  const whole = readFileSync(file);
  const lines = whole.toString().split('\n').length - 1;
  const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
  for (let length = lastLine; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    expect(await entries()).toHaveLength(lines - 1);
    expect(readFileSync(file)).toEqual(whole.subarray(0, lastLine));
  }
});

it.each([
  ['a figure', (text: string) => text.replace('0.25', '0.15'), 'line 3'],
  ['a signature', (text: string) => text.replace(/(signature":")./, '$1x'), 'line 1'],
  ['a line', (text: string) => text.replace(/^.*"trial":1.*\n/m, ''), 'line 4'],
  ['the order', (text: string) => text.split('\n').toSpliced(1, 2).join('\n'), 'line 2'],
  ['the format', (text: string) => text.replace('{', '['), 'line 1'],
])('notices %s that was changed', async (_, change, where) => {
  const text = readFileSync(file, 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
  await expect(openJournal(folder)).rejects.toThrow(`${file}: ${where}: expected it as it was written`);
});

it('notices what somebody has added', async () => {
  appendFileSync(file, '{"type":"over","at":"2026-01-01","signature":"0000000000000000"}\n');
  await expect(openJournal(folder)).rejects.toThrow('line 6');
});
