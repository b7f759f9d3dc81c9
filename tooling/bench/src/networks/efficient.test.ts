import { efficientConfig, paperConfig } from '@capsnet/core';
import { expect, test } from 'vitest';
import inPyTorch from '../../test/efficient-in-pytorch.json' with { type: 'json' };
import { tinyConfigs } from '../../test/tiny-problem';
import { ours } from '../contenders/ours';
import { makeProblem, type Problem } from '../contenders/problem';
import { demandAgreement, type Findings } from '../report/agreement';
import { efficient } from './efficient';

const problem = makeProblem('efficient', 6, tinyConfigs.efficient);

async function findings(problem: Problem): Promise<Findings> {
  const contender = await ours('cpu', problem);
  const { lengths, reconstructions } = contender.infer(6);
  const losses = [await contender.train(6), await contender.train(6), await contender.train(6)];
  return { losses, lengths: [...lengths], reconstruction: [...reconstructions.subarray(0, 12 * 11)] };
}

test('the packages compute what the script in PyTorch computed', async () => {
  const mine = await findings(problem);
  expect(mine.losses[2]).toBeLessThan(mine.losses[0]!);
  demandAgreement(['PyTorch', inPyTorch], ['ours', mine]);
});

test.each(Object.keys(efficient.weights(tinyConfigs.efficient)))(
  'values of %s in another order are noticed',
  async name => {
    const { shape, data } = problem.weights[name]!;
    const wrong = { ...problem, weights: { ...problem.weights, [name]: { shape, data: data.toReversed() } } };
    const mine = await findings(wrong);
    expect(() => demandAgreement(['PyTorch', inPyTorch], ['ours', mine])).toThrow('do not compute the same');
  },
);

test('what the script cannot express is refused', () => {
  expect(() => efficient.weights(paperConfig)).toThrow('expected batch normalisation');
  const squash = { ...efficientConfig, primary: { ...efficientConfig.primary, squash: 'paper' as const } };
  expect(() => efficient.options(squash)).toThrow('the exponential squash');
});
