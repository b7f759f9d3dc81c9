import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { photographOfDigits } from '@capsnet/photographs';
import { pythonWith } from '@capsnet/testing/python';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barsModel } from './bars';
import { capsnet } from './command-line';
import { onnxRequirements } from './onnx-requirements';
import { drawShape, drawShapes, shapeNames } from './shapes';

// A newcomer who does what the README of the repository says, on 300 pictures in three classes and a photograph of a number.
const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-newcomer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What follows `npm start --`, of the commands in a row that begin with some word. */
function commandsFrom(first: string): readonly string[][] {
  const block = [...readme.matchAll(/```sh\n(.*?)```/gs)].find(([, text]) => text!.includes(first));
  return [...block![1]!.matchAll(/^npm start -- (.*)$/gm)].map(([, line]) => line!.split(' '));
}

/** As `npm start` hands it on; a network that learns in seconds, where it trains. */
async function start(args: readonly string[]) {
  const command = args[0]!.startsWith('-') ? ['train', ...args, ...barsModel] : args;
  const backend = command[0] === 'runs' ? [] : ['--backend', 'wasm'];
  const { code, stdout, stderr } = await capsnet([...command, ...backend], { cwd: folder });
  expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, '']);
  return stdout;
}

beforeAll(async () => {
  await drawShapes(join(folder, 'photos'), 100);
  await drawShape(join(folder, 'new.jpg'), 'cross', 4242);
  writeFileSync(join(folder, 'number.jpg'), await photographOfDigits('2026', 'quick', 4));
});

describe('a newcomer', () => {
  it('trains on a folder of pictures, reads a new one, and runs the network in Python', async context => {
    const [train, evaluate, predict, exported] = commandsFrom('--name mine');
    expect(await start(train!)).toMatch(/^test accuracy \d+\.\d\d% \(\d+ of 60 wrong\)$/m);
    const confusion = await start(evaluate!);
    const scores = await start(predict!);
    for (const name of shapeNames) {
      expect(confusion).toMatch(new RegExp(`^ *${name} \\d( +[.\\d]+){3}`, 'm'));
      expect(scores).toMatch(new RegExp(`^ *${name}  [█·]{30}  \\d\\.\\d{3}$`, 'm'));
    }
    await start(exported!);
    const python = await pythonWith(onnxRequirements).catch((error: Error) => error);
    if (python instanceof Error) return context.skip(`${onnxRequirements.join(', ')}: ${python.message}`);
    const program = /```python\n(.*?)```/s.exec(readme)![1]!;
    const printed = await python.run(['-c', program], folder);
    expect(printed).toMatch(/^\{'circle': 0\.\d+, 'cross': 0\.\d+, 'square': 0\.\d+\}\n$/);
  });

  it('has a photograph of a number read', async () => {
    const [, command] = /^\$ npm start -- (predict .*)$/m.exec(readme)!;
    const printed = await start(command!.split(' '));
    const told = readme.slice(readme.indexOf(command!)).split('```')[0]!;
    const number = (text: string) => /^number\.jpg {2}(\d+)$/m.exec(text)?.[1];
    expect([number(printed), number(told)]).toEqual(['2026', '2026']);
  });

  it('compares two seeds', async () => {
    const [train, compare] = commandsFrom('--seeds');
    await start(train!);
    const compared = await start(compare!);
    expect(compared).toContain('training.seed');
    expect(existsSync(join(folder, 'runs', 'both-seed-2', 'results.json'))).toBe(true);
  });
});
