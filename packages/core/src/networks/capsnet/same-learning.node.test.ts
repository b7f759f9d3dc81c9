import { nativeAdam } from '@capsnet/backend';
import { loadMnist, trainingBatches } from '@capsnet/mnist';
import { times } from '@capsnet/testing/extent';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { capsNet } from './capsnet';

const steps = times({ full: 200, quick: 80 });

/** How a network learned: its loss at each step. */
type Losses = readonly number[];

test('the fast formulations learn as the plain ones do, but for rounding', { timeout: 600_000 }, async ({
  skip,
}) => {
  skip(inject('backend') !== 'native', 'takes minutes on the other backends');
  const { train } = await loadMnist();
  const learn = (method: 'plain' | 'fast' | 'auto', perturbation?: number) =>
    losses(train, method, perturbation);
  const plain = learn('plain');
  expect(plain.at(-1)).toBeLessThan(plain[0]! / 2);
  // Training amplifies the smallest difference: this is what it makes of one in the seventh digit.
  const inherent = Math.max(...[1, 2, 3].map(seed => distance(learn('plain', seed), plain)));
  expect(inherent).toBeGreaterThan(0);
  expect(distance(learn('fast'), plain)).toBeLessThanOrEqual(inherent);
  // Routing by the backend's kernel
  expect(distance(learn('auto'), plain)).toBeLessThanOrEqual(inherent);
});

/** @param perturbation seed of which initial weights are larger by 1e-6 of their size and which smaller; undefined for none */
function losses(
  images: Parameters<typeof trainingBatches>[0],
  method: 'plain' | 'fast' | 'auto',
  perturbation?: number,
): Losses {
  const network = capsNet({
    convolutions: [{ filters: 32, kernelSize: 9 }],
    primary: { channels: 4, method: method === 'plain' ? 'direct' : 'bilinear' },
    routing: { method },
  });
  if (perturbation !== undefined) {
    Object.values(network.variables).forEach((variable, index) => {
      const seed = 100 * perturbation + index + 1;
      tf.tidy(() => {
        const change = tf.sign(tf.randomUniform(variable.shape, -1, 1, 'float32', seed));
        variable.assign(tf.mul(variable, tf.add(1, tf.mul(1e-6, change))));
      });
    });
  }
  const adam = nativeAdam(network.variables)!;
  const source = trainingBatches(images, { batchSize: 16, seed: 1, shift: 2 });
  const found = Array.from({ length: steps }, () => {
    const batch = source.next();
    const { value, grads } = tf.variableGrads(() => network.loss(batch).loss);
    adam.apply(
      Object.fromEntries(
        Object.entries(network.variables).map(([name, { name: unique }]) => [name, grads[unique]!]),
      ),
    );
    const loss = value.dataSync()[0]!;
    tf.dispose([value, grads]);
    batch.dispose();
    return loss;
  });
  adam.dispose();
  network.dispose();
  return found;
}

/** The mean difference of two trainings' losses. */
function distance(a: Losses, b: Losses): number {
  return a.reduce((sum, loss, step) => sum + Math.abs(loss - b[step]!), 0) / a.length;
}
