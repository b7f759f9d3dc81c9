import { PassThrough } from 'node:stream';
import { labmlConfig } from '@capsnet/core';
import { expect, test, vi } from 'vitest';
import { tinyConfigs } from '../../test/tiny-problem';
import { scalingPoints } from '../plan';
import { demandAgreement, type Findings } from '../report/agreement';
import { serve } from '../serve';
import type { Contender } from './contender';
import { obvious } from './obvious';
import { ours } from './ours';
import { decodeProblem, encodeProblem, makeProblem, type Problem } from './problem';
import type { Answer, Classified, Inferred, Learnt, Phases, Ready, Request, Trained } from './protocol';

const problem = makeProblem('paper', 6, tinyConfigs.paper);

async function findings(contender: Contender): Promise<Findings> {
  const { lengths, reconstructions } = contender.infer(6);
  const losses = [await contender.train(6), await contender.train(6), await contender.train(6)];
  return { losses, lengths: [...lengths], reconstruction: [...reconstructions] };
}

/** A problem with one weight changed. */
function damaged(name: string, index: number): Problem {
  const { shape, data } = problem.weights[name]!;
  const changed = data.slice();
  changed[index]! += 0.05;
  return { ...problem, weights: { ...problem.weights, [name]: { shape, data: changed } } };
}

test('a problem survives its file', () => {
  expect(decodeProblem(encodeProblem(problem))).toMatchObject(problem);
});

test('the packages and plain TensorFlow.js compute the same', async () => {
  const mine = await findings(await ours('cpu', problem));
  const theirs = await findings(obvious(problem, ''));
  expect(mine.lengths).toHaveLength(6 * 3);
  expect(mine.losses[1]).toBeLessThan(mine.losses[0]!);
  demandAgreement(['ours', mine], ['obvious', theirs]);
});

test('the same with couplings over the children', async () => {
  const other = makeProblem('paper', 6, { ...tinyConfigs.paper, routing: labmlConfig.routing });
  const mine = await findings(await ours('cpu', other));
  demandAgreement(['ours', mine], ['obvious', await findings(obvious(other, ''))]);
  expect(() => demandAgreement(['ours', mine], ['paper', { ...mine, losses: [1] }])).toThrow();
});

test.each([
  'conv1.weight',
  'conv1.bias',
  'conv2.weight',
  'conv2.bias',
  'digit_capsules.weight',
  'decoder.4.bias',
])('a wrong number in %s is noticed', async name => {
  const right = await findings(await ours('cpu', problem));
  const wrong = await findings(obvious(damaged(name, 1), ''));
  expect(() => demandAgreement(['ours', right], ['obvious', wrong])).toThrow('do not compute the same');
});

test('phases of a step cover it, and train nothing', async () => {
  const contender = await ours('cpu', problem);
  const before = await contender.train(6);
  const again = await ours('cpu', problem);
  const phases = again.phases!(6, 2);
  expect(phases.map(({ name }) => name)).toEqual([
    'convolution',
    'primary capsules',
    'routing',
    'decoder',
    'losses',
    'Adam',
  ]);
  for (const { forward, backward } of phases) {
    expect(forward).toBeGreaterThanOrEqual(0);
    expect(backward ?? 0).toBeGreaterThanOrEqual(0);
  }
  expect(await again.train(6)).toBe(before);
});

test.each(scalingPoints(2, tinyConfigs.paper).filter(({ batch }) => batch <= 8))(
  'can train at $dimension $value',
  async ({ config, batch, dimension, value }) => {
    const contender = await ours('cpu', makeProblem('paper', batch, config));
    expect(await contender.train(batch)).toBeGreaterThan(0);
    const { lengths, reconstructions } = contender.infer(batch);
    expect(lengths).toHaveLength(batch * 3);
    if (dimension === 'image size') expect(reconstructions).toHaveLength(batch * value ** 2);
  },
);

test('answers requests line by line, errors too', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const requests: Request[] = [
    { do: 'infer', batch: 2, steps: 2 },
    { do: 'train', batch: 6, steps: 3 },
    { do: 'phases', batch: 6, steps: 1 },
    { do: 'classify', batch: 1, steps: 1 },
    { do: 'learn', steps: 1 },
  ];
  input.end(`${requests.map(request => JSON.stringify(request)).join('\n')}\nnonsense\n`);
  await serve(async () => obvious(problem, 'here'), input, output);
  const answers = String(output.read()).trim().split('\n');
  const [ready, inferred, trained, phases, classified, learnt, nonsense] = answers.map(line =>
    JSON.parse(line),
  ) as [
    Answer<Ready>,
    Answer<Inferred>,
    Answer<Trained>,
    Answer<Phases>,
    Answer<Classified>,
    Answer<Learnt>,
    Answer<never>,
  ];
  expect(ready).toMatchObject({ result: { versions: { cpu: 'here' } } });
  expect(inferred).toMatchObject({
    result: {
      seconds: [expect.any(Number), expect.any(Number)],
      lengths: { length: 2 * 3 },
      reconstruction: { length: 12 * 11 },
    },
  });
  expect(trained).toMatchObject({
    result: {
      losses: { length: 3 },
      seconds: { length: 3 },
      processor: { user: expect.any(Number), system: expect.any(Number) },
      peakBytes: expect.any(Number),
    },
  });
  expect(phases).toMatchObject({ error: expect.stringContaining('phases') });
  expect(classified).toMatchObject({ error: 'this contender does not classify' });
  expect(learnt).toMatchObject({ error: 'this contender has no course to learn' });
  expect(nonsense).toMatchObject({ error: expect.stringContaining('JSON') });
});

test('tells the time of the processor over the steps of a request, in the program and in the kernel', async () => {
  const usage = process.resourceUsage();
  const spy = vi.spyOn(process, 'resourceUsage');
  spy.mockReturnValueOnce({ ...usage, userCPUTime: 1_000_000, systemCPUTime: 200_000 });
  spy.mockReturnValueOnce({ ...usage, userCPUTime: 4_000_000, systemCPUTime: 700_000, maxRSS: 3 });
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(`${JSON.stringify({ do: 'train', batch: 2, steps: 2 } satisfies Request)}\n`);
  await serve(async () => obvious(problem, ''), input, output);
  spy.mockRestore();
  const { result } = JSON.parse(String(output.read()).trim().split('\n')[1]!) as { result: Trained };
  expect(result).toMatchObject({ processor: { user: 3, system: 0.5 }, peakBytes: 3072 });
});

test('classifies as the lengths of an inference say', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(`${JSON.stringify({ do: 'classify', batch: 4, steps: 2 } satisfies Request)}\n`);
  const contender = await ours('cpu', problem);
  await serve(async () => contender, input, output);
  const { result } = JSON.parse(String(output.read()).trim().split('\n')[1]!) as { result: Classified };
  const lengths = contender.infer(4).lengths;
  const rows = Array.from({ length: 4 }, (_, row) => [...lengths.subarray(3 * row, 3 * row + 3)]);
  expect(result.scores).toEqual(rows.map(row => Math.max(...row)));
  expect(result.labels).toEqual(rows.map(row => row.indexOf(Math.max(...row))));
  expect(result.seconds).toHaveLength(2);
});
