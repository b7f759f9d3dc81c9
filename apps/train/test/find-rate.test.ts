import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { barsRuns } from './bars-runs';
import { jsonLines } from './command-line';
import { elements, textsOf } from './svg';

const bars = barsRuns('rate');
const find = (...args: string[]) => bars.done('train', ...bars.small, '--find-rate', ...args);

interface Found {
  readonly type: string;
  readonly suggestion: number;
  readonly steps: readonly { rate: number; loss: number; smoothed: number }[];
}

describe('capsnet train --find-rate', () => {
  it('draws the loss over the rate, suggests one that trains, and begins no run', async () => {
    const said = await find();
    const suggested =
      /^suggested learning rate ([\d.e-]+), a tenth of the rate at which the smoothed loss is lowest; the configuration has 0.001$/m.exec(
        said,
      )![1]!;
    expect(said).toContain(`--set training.learningRate.initial=${suggested}\n`);
    expect(said).toMatch(/^curve learning-rates\.svg, \d+ steps in /m);
    expect(existsSync(bars.at('runs'))).toBe(false);

    const found = jsonLines(await find('other.svg', '--json')).at(-1) as unknown as Found;
    expect(found.type).toBe('learning-rate');
    // The same seeds, so the same steps.
    expect(String(Number(found.suggestion.toPrecision(2)))).toBe(suggested);
    const lowest = found.steps.reduce((best, step) => (step.smoothed < best.smoothed ? step : best));
    expect(found.suggestion).toBe(lowest.rate / 10);
    expect([found.steps[0]!.rate, found.steps[99]?.rate ?? 1]).toEqual([1e-6, expect.closeTo(1, 9)]);
    const svg = readFileSync(bars.at('other.svg'), 'utf8');
    expect(svg).toBe(readFileSync(bars.at('learning-rates.svg'), 'utf8'));
    expect(elements(svg, 'polyline')).toHaveLength(2);
    expect(elements(svg, 'circle')).toHaveLength(found.steps.length);
    expect(textsOf(svg).map(({ content }) => content)).toContain(
      `suggested: ${suggested}, a tenth of the rate at which the smoothed loss is lowest`,
    );
  });

  it('takes what the network starts from into account', async () => {
    await bars.train('base', '--epochs', '30', '--set', 'training.learningRate.initial=0.01');
    const trained = jsonLines(await find('from.svg', '--from', 'runs/base/model.safetensors', '--json'));
    const fresh = jsonLines(await find('fresh.svg', '--json'));
    const firstLoss = (lines: typeof fresh) => (lines.at(-1) as unknown as Found).steps[0]!.loss;
    expect(firstLoss(trained)).toBeLessThan(firstLoss(fresh) / 2);
  });

  it('says what cannot be', async () => {
    const refused = (...args: string[]) => bars.refused('train', ...bars.small, ...args);
    expect(await refused('--find-rate')).toContain(
      'learning-rates.svg exists: choose another --find-rate FILE, or overwrite it with --force',
    );
    expect(await refused('--find-rate', '--resume')).toContain('cannot be used with option');
    expect(await refused('--force')).toContain('--force: expected --find-rate with it');
    await find('--force');
  });
});
