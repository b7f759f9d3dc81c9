import { expect, it } from 'vitest';
import { fixedPoints, network } from '../test/network';
import { adam, cosine, evaluate, stepDecay, train } from './index';
import { folderStore, summaryWriter } from './node';

/** What JavaScript lets pass. */
const given = (options: object) => options as never;

it.each<[string, (model: ReturnType<typeof network>) => unknown]>([
  [
    'train: unknown option epoch: did you mean epochs?',
    model => train(model, fixedPoints().source, given({ epochs: 1, epoch: 2 })),
  ],
  [
    'train: validation: unknown option patients: did you mean patience?',
    model => {
      const validation = { source: fixedPoints().source, patients: 3 };
      return train(model, fixedPoints().source, given({ epochs: 1, validation }));
    },
  ],
  ['evaluate: unknown option abort', model => evaluate(model, fixedPoints().source, given({ abort: null }))],
  ['adam: unknown option beta', model => adam(model.variables, given({ beta: 0.9 }))],
  ['cosine: unknown option start', () => cosine(given({ start: 1 }))],
  ['stepDecay: unknown option steps', () => stepDecay(given({ steps: 1 }))],
  ['folderStore: unknown option kept: did you mean keep?', () => folderStore('/nowhere', given({ kept: 1 }))],
  ['summaryWriter: unknown option step', () => summaryWriter('/nowhere', given({ step: 1 }))],
])('%s', async (message, call) => {
  const model = network();
  await expect(async () => call(model)).rejects.toThrow(message);
  model.dispose();
});
