import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photographOfDigits } from '@capsnet/photographs';
import { beforeAll, expect, it } from 'vitest';
import { barsModel } from './bars';
import { capsnet } from './command-line';
import { drawShape, drawShapes, shapeNames } from './shapes';

// What the guide on pictures tells to run, run on the very drawings that it speaks of.
const guide = readFileSync(new URL('../../docs/pages/guides/your-own-pictures.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-pictures-guide-'));
/** Each command with what the guide says that it prints. */
const told = [...guide.matchAll(/```sh\nnpx @capsnet\/train ([^\n]*)\n```\n\n```\n(.*?)```/gs)].map(
  ([, command, output]) => ({ args: command!.split(' '), output: output! }),
);

function run(index: number, ...more: string[]) {
  return capsnet([...told[index]!.args, ...more], {
    cwd: folder,
    env: { XDG_CACHE_HOME: join(folder, 'cache') },
  });
}

beforeAll(async () => {
  await drawShapes(join(folder, 'shapes'), 100);
  await drawShape(join(folder, 'new.jpg'), 'cross', 4242);
  writeFileSync(join(folder, 'number.jpg'), await photographOfDigits('2026', 'quick', 4));
});

it('the guide has five commands, each with its output', () => {
  expect(told.map(({ args: [command] }) => command)).toEqual([
    'info',
    'train',
    'evaluate',
    'predict',
    'predict',
  ]);
});

it('info finds what it says', async () => {
  const { code, stdout, stderr } = await run(0);
  expect([code, stderr]).toEqual([0, '']);
  const data = (text: string) =>
    ['images', 'classes'].map(name => new RegExp(`^ *${name} +(.*)$`, 'm').exec(text)?.[1]);
  expect(data(stdout)).toEqual(data(told[0]!.output));
});

it('train, evaluate and predict print what has the same form, of a network that is small enough for a test', async () => {
  const trained = await run(1, '--backend', 'wasm', ...barsModel);
  expect([trained.code, trained.stderr]).toEqual([0, '']);
  const first = /^run runs\/shapes: .*$/m;
  expect(first.exec(trained.stdout)?.[0]).toBe(first.exec(told[1]!.output)?.[0]);
  expect(trained.stdout).toMatch(/^test accuracy \d+\.\d\d% \(\d+ of 60 wrong\)$/m);
  expect(told[1]!.output).toMatch(/^test accuracy \d+\.\d\d% \(\d+ of 60 wrong\)$/m);

  const evaluated = await run(2, '--backend', 'wasm');
  const rows = (text: string) =>
    [...text.matchAll(/^ *(\w+) (\d)(?: +[\d.]+)+$/gm)].map(([, name, label]) => [name, label]);
  expect(rows(evaluated.stdout)).toEqual(shapeNames.map((name, label) => [name, String(label)]));
  expect(rows(told[2]!.output)).toEqual(rows(evaluated.stdout));

  const predicted = await run(3, '--backend', 'wasm');
  const scores = (text: string) =>
    [...text.matchAll(/^ +(\w+) {2}[█·]{30} {2}\d\.\d{3}$/gm)].map(([, name]) => name);
  expect([predicted.code, scores(predicted.stdout)]).toEqual([0, shapeNames]);
  expect(scores(told[3]!.output)).toEqual(shapeNames);
}, 300_000);

it('a handwritten number is read as it says', async () => {
  const { code, stdout, stderr } = await run(4, '--backend', 'wasm');
  expect([code, stderr]).toEqual([0, '']);
  const digits = (text: string) => [
    /^number\.jpg {2}(\d+)$/m.exec(text)?.[1],
    ...[...text.matchAll(/^ +(\d) {2}[█·]{30} {2}0\.\d{3}$/gm)].map(([, digit]) => digit),
    /^what the network saw: .*$/m.exec(text)?.[0],
  ];
  expect(digits(stdout)).toEqual(['2026', '2', '0', '2', '6', 'what the network saw: seen.png']);
  expect(digits(told[4]!.output)).toEqual(digits(stdout));
  expect(existsSync(join(folder, 'seen.png'))).toBe(true);
});
