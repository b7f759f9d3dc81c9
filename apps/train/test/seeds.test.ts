import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { barsRuns } from './bars-runs';
import { jsonLines, set } from './command-line';

const bars = barsRuns('seeds');
const seeds = (...args: string[]) => bars.train('bars', '--epochs', '2', '--seeds', ...args);
const table = (text: string) =>
  [...text.matchAll(/^(bars-seed-\d+) +([\d.]+)%/gm)].map(([, name, error]) => [name, Number(error)]);

describe('capsnet train --seeds', () => {
  it('trains each as it would be alone, and sums them up', async () => {
    const said = await seeds('1,2,3');
    const errors = [1, 2, 3].map(seed => bars.read(`bars-seed-${seed}`, 'results.json').test.error);
    expect(table(said)).toEqual(
      errors.map((error, index) => [`bars-seed-${index + 1}`, Number((100 * error).toFixed(2))]),
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / 3;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / 2);
    expect(said).toContain(
      `mean ± standard deviation  ${(100 * mean).toFixed(3)} ± ${(100 * deviation).toFixed(3)}%`,
    );
    await bars.train('alone', '--epochs', '2', '--seed', '2');
    expect(bars.model('bars-seed-2').equals(bars.model('alone'))).toBe(true);
    expect(bars.model('bars-seed-2').equals(bars.model('bars-seed-3'))).toBe(false);
  });

  it('trains what is missing when it is called again, also several at a time', async () => {
    const said = await seeds('1,2,3,4,5', '--workers', '2', '--json');
    const lines = jsonLines(said);
    expect(lines.filter(({ type }) => type === 'begun').map(({ seed }) => seed)).toEqual([4, 5]);
    const last = lines.at(-1) as { type: string; name: string; trained: { seed: number; error: number }[] };
    expect([last.type, last.name, last.trained.map(({ seed }) => seed)]).toEqual([
      'seeds',
      'bars',
      [1, 2, 3, 4, 5],
    ]);
    expect(last.trained[4]!.error).toBe(bars.read('bars-seed-5', 'results.json').test.error);
    // And once more, there is nothing to do.
    expect(jsonLines(await seeds('5,1', '--json')).map(({ type }) => type)).toEqual(['seeds']);
  });

  // On Windows a signal from another process is no more than a kill.
  it.skipIf(process.platform === 'win32')(
    'goes on with one that was interrupted, and ends the same',
    async () => {
      let isStopped = false;
      const args = ['train', '--name', 'halted', ...bars.small, '--epochs', '2', '--seeds', '2,7', '--json'];
      const first = await bars.run(args, {
        onLine(line, kill) {
          const event = JSON.parse(line);
          if (isStopped || event.type !== 'step' || event.step !== 4) return;
          isStopped = true;
          kill('SIGINT');
        },
      });
      expect([first.code, jsonLines(first.stdout).at(-1)]).toEqual([
        130,
        expect.objectContaining({ type: 'interrupted', resume: `capsnet ${args.map(quoted).join(' ')}` }),
      ]);
      expect(existsSync(bars.at('runs/halted-seed-7'))).toBe(false);
      await bars.done(...args);
      expect(bars.model('halted-seed-2').equals(bars.model('bars-seed-2'))).toBe(true);
    },
  );

  it('says what does not fit', async () => {
    for (const [args, message] of [
      [['--seeds', '1,1'], 'Expected each seed once.'],
      [['--seeds', '1,x'], 'Expected whole numbers below 2^32, separated by commas: 1,2,3.'],
      [['--seeds', '4294967296'], 'Expected whole numbers below 2^32'],
      [['--seeds', ''], 'Expected whole numbers below 2^32'],
      [['--seeds', '1', '--seed', '2'], 'cannot be used with option'],
      [['--seeds', '1', '--resume'], 'cannot be used with option'],
      [['--workers', '2'], '--workers: expected --seeds with it'],
    ] as const) {
      expect(await bars.refused('train', ...bars.small, ...args)).toContain(message);
    }
    const changed = await bars.refused(
      ...['train', '--name', 'bars', ...bars.small, '--epochs', '2', '--seeds', '1,2'],
      ...set('model.routing.iterations=1'),
    );
    expect(changed).toBe(
      'capsnet: runs/bars-seed-1: was trained with model.routing.iterations 3, and the command now says 1: ' +
        'choose another --name, or remove what was trained\n',
    );
  });
});

function quoted(arg: string): string {
  return /^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg}'`;
}
