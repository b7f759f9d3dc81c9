import { expect, it } from 'vitest';
import { evaluationBatches } from './batches/evaluation-batches';
import {
  gunzip,
  orderedBatches,
  randomAugmentation,
  shuffledBatches,
  splitValidation,
  trainingBatches,
} from './index';
import { imagesFrom, loadIdx } from './node';

const images = {
  data: new Uint8Array(4 * 9),
  shape: [4, 3, 3] as const,
  labels: Uint8Array.from([0, 1, 2, 3]),
};
const indices = Uint32Array.from([0, 1, 2, 3]);
const size = { height: 3, width: 3, channels: 1 };
const make = () => null;
/** What JavaScript lets pass. */
const given = (options: object) => options as never;

it.each<[string, () => unknown]>([
  [
    'trainingBatches: unknown option batchsize: did you mean batchSize?',
    () => trainingBatches(images, given({ batchSize: 2, seed: 1, batchsize: 4 })),
  ],
  [
    'trainingBatches: unknown option rotations: did you mean rotation?',
    () => trainingBatches(images, given({ batchSize: 2, seed: 1, rotations: 4 })),
  ],
  ['trainingBatches: expected an object with batchSize', () => trainingBatches(images, undefined as never)],
  [
    'evaluationBatches: unknown option seed: did you mean size?',
    () => evaluationBatches(images, given({ batchSize: 2, seed: 1 })),
  ],
  [
    'shuffledBatches: unknown option rows',
    () => shuffledBatches(indices, given({ batchSize: 2, seed: 1, rows: 3 }), make),
  ],
  [
    'orderedBatches: unknown option row: did you mean rows?',
    () => orderedBatches(indices, given({ batchSize: 2, row: 3 }), make),
  ],
  [
    'randomAugmentation: unknown option shfit: did you mean shift?',
    () => randomAugmentation(given({ shfit: 1 }), size),
  ],
  ['splitValidation: unknown option size', () => splitValidation(images, given({ size: 2, seed: 1 }))],
  [
    'imagesFrom: unknown option inverted: did you mean invert?',
    () => imagesFrom([[[0]]], given({ height: 1, width: 1, inverted: true })),
  ],
  ['loadIdx: unknown option path', () => loadIdx(given({ path: '/' }))],
  [
    'gunzip: unknown option maxbytes: did you mean maxBytes?',
    () => gunzip(new Uint8Array(), given({ maxbytes: 1 })),
  ],
])('%s', async (message, call) => {
  await expect(async () => call()).rejects.toThrow(message);
});

it('a network’s config.image is taken as it is', async () => {
  const image = { height: 1, width: 1, channels: 1, mean: 0.13, standardDeviation: 0.31 };
  expect((await imagesFrom([[[1]]], image)).shape).toEqual([1, 1, 1, 1]);
});
