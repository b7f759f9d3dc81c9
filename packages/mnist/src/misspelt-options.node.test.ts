import { expect, it } from 'vitest';
import { affineSet, multiMnistBatches, multiMnistEvaluationBatches } from './index';
import { loadMnist } from './node';

const images = {
  data: new Uint8Array(4 * 9),
  shape: [4, 3, 3] as const,
  labels: Uint8Array.from([0, 1, 2, 3]),
};
/** What JavaScript lets pass. */
const given = (options: object) => options as never;

it.each<[string, () => unknown]>([
  ['affineSet: unknown option seeds: did you mean seed?', () => affineSet(images, given({ seeds: 1 }))],
  [
    'multiMnistBatches: unknown option pairs',
    () => multiMnistBatches(images, given({ batchSize: 2, seed: 1, pairs: 3 })),
  ],
  [
    'multiMnistEvaluationBatches: unknown option pair: did you mean pairs?',
    () => multiMnistEvaluationBatches(images, given({ batchSize: 2, seed: 1, pair: 3 })),
  ],
  ['loadMnist: unknown option dir', () => loadMnist(given({ dir: '/' }))],
])('%s', async (message, call) => {
  await expect(async () => call()).rejects.toThrow(message);
});
