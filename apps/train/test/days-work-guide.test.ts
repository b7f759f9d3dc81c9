import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { barsRuns } from './bars-runs';
import { set } from './command-line';

// What the guide tells to run, run in its order, with a network and images that are small enough for a test.
const guide = readFileSync(new URL('../../docs/pages/guides/a-days-work.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text!,
}));
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text.trim().split(' ').slice(1));
const outputs = blocks.filter(({ language }) => language === '').map(({ text }) => text);

const bars = barsRuns('days-work');
const small = [...bars.small, ...set('training.patience=null')];
const isAnew = (args: readonly string[]) =>
  args[0] === 'train' && !args.includes('--resume') && !args.includes('--finish');
/** The network that it starts from says how large it is. */
const ofNetwork = (args: readonly string[]) =>
  args.includes('--from')
    ? ['--data', 'bars', '--backend', 'wasm', ...set('training.batchSize=10', 'data.validation=32')]
    : small;

const said: Record<string, string> = {};
async function follow(args: readonly string[]): Promise<string> {
  const backend = args[0] === 'evaluate' ? ['--backend', 'wasm'] : [];
  const { code, stdout, stderr } = await bars.run([...args, ...(isAnew(args) ? ofNetwork(args) : backend)]);
  expect(code, stderr).toBe(0);
  return stdout + stderr;
}

describe.skipIf(process.platform === 'win32')("the guide on a day's work", () => {
  it('has these commands', () => {
    expect(commands.map(args => args.filter(arg => !/^[\d,]+$|[./]/.test(arg)).join(' '))).toEqual([
      'train --find-rate',
      'train --name first --epochs --watch',
      'train --name parts --epochs --accumulate',
      'evaluate --run first --mistakes',
      'train --resume --name first --epochs',
      'train --finish night',
      'train --from --name again --epochs',
      'train --seeds --name recipe --epochs --workers',
      'runs',
      'runs compare recipe-seed-1 recipe-seed-2',
    ]);
  });

  it('of which each does what it says', async () => {
    await bars.interrupted('night', 8, '--epochs', '1000', ...set('training.patience=null'));
    for (const args of commands) said[args.join(' ')] = await follow(args);
    const of = (start: string) => Object.entries(said).find(([command]) => command.startsWith(start))![1];
    expect(of('train --find-rate')).toContain('suggested learning rate ');
    expect(existsSync(bars.at('learning-rates.svg'))).toBe(true);
    expect(of('train --name first')).toMatch(/^watch it at http:\/\/127\.0\.0\.1:\d+$/m);
    expect(bars.read('parts', 'config.json').training.accumulate).toBe(4);
    expect(of('evaluate')).toMatch(/^class +recall +precision +F1 +images$/m);
    expect(existsSync(bars.at('worst.png')) || of('evaluate').includes('no mistakes')).toBe(true);
    expect(of('train --resume')).toContain(
      'from 4 to 6 epochs: the learning rate, which was 0.00001, goes on from ',
    );
    expect(existsSync(bars.at('runs/first/results-step-24.json'))).toBe(true);
    expect(bars.read('night', 'results.json').stopped).toBe('by-user');
    expect(of('train --from')).toMatch(/^starts from .*: conv1, primary, classes, decoder1, decoder2$/m);
    expect(of('runs')).toMatch(/^night +finished /m);
    expect(of('runs compare')).toMatch(/^training\.seed +1 +2$/m);
    expect(existsSync(bars.at('comparison.svg'))).toBe(true);
  });

  it('and the outputs that it shows have the form of those that come', () => {
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .filter(line => line.trim() !== '');
    const form = (line: string) =>
      line
        .trim()
        .replace(/[\d.]+(e-\d+)?/g, '#')
        .replace(/\s+/g, ' ');
    const forms = new Set(Object.values(said).flatMap(text => lines(text).map(form)));
    const [rate, , seeds] = outputs;
    expect(
      lines(rate!)
        .slice(0, 2)
        .filter(line => !forms.has(form(line))),
    ).toEqual([]);
    const table = lines(seeds!).filter(line => !line.startsWith('small'));
    expect(table.filter(line => !forms.has(form(line)))).toEqual([]);
  });
});
