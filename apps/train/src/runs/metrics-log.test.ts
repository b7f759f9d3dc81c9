import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Measurement, openMetrics } from './metrics-log';

const step = (step: number): Measurement => ({
  split: 'train',
  step,
  epoch: 1,
  loss: 1 / step,
  accuracy: 0.5,
  learningRate: 0.001,
  imagesPerSecond: 10,
  seconds: step,
});

it('goes on after the step of the checkpoint: no line twice, no half line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-metrics-'));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const first = openMetrics(folder);
  for (const number of [1, 2, 3, 4]) first.add(step(number));
  first.close();
  appendFileSync(join(folder, 'metrics.jsonl'), '{"split":"tr');

  const second = openMetrics(folder, 2);
  expect(second.measurements).toEqual([step(1), step(2)]);
  for (const number of [2, 3, 4, 4]) second.add(step(number));
  second.close();

  const lines = read('metrics.jsonl').trimEnd().split('\n');
  expect(lines.map(line => JSON.parse(line))).toEqual([1, 2, 3, 4].map(step));
  const [head, ...rows] = read('metrics.csv').trimEnd().split('\n');
  expect(head).toBe(
    'split,step,epoch,loss,accuracy,margin,reconstruction,learningRate,imagesPerSecond,seconds',
  );
  expect(rows).toHaveLength(4);
  expect(rows[3]).toBe('train,4,1,0.25,0.5,,,0.001,10,4');
});
