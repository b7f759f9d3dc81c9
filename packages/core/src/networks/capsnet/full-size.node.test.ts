import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import golden from '../../../golden/full-size.json?raw';
import { type Golden, type GoldenSample, ofGradients, ofValues } from '../../../test/golden';
import { type Fill, fill } from '../../../test/golden-fill';
import { expectSample, indicesInPyTorch, nameInPyTorch } from '../../../test/pytorch-layout';
import { importPyTorchWeights } from '../../interchange/pytorch-weights';
import { type CapsNet, capsNet } from './capsnet';
import { labmlConfig } from './presets/labml';
import { paperConfig } from './presets/paper';

const { parameters, images, labml, paper } = JSON.parse(golden) as {
  parameters: Record<string, Fill>;
  images: Fill;
  labml: { capsules: Golden; lengths: Golden; predictions: number[]; reconstruction: Golden };
  paper: {
    routingScale: number;
    labels: number[];
    capsules: Golden;
    lengths: Golden;
    loss: number;
    reconstruction: Golden;
    gradients: Record<string, GoldenSample>;
  };
};

/** The weights of the 8.2-million-parameter network under their names in PyTorch. */
function state(routingScale = 1) {
  const tensors = Object.entries(parameters).map(([name, filled]) => {
    const { shape, data } = fill(filled);
    return [
      name,
      { shape, data: name === 'digit_capsules.weight' ? data.map(value => value * routingScale) : data },
    ];
  });
  return Object.fromEntries(tensors) as Record<string, { shape: number[]; data: Float32Array }>;
}

const batchOfImages = () => {
  const { data } = fill(images);
  return tf.tensor4d(
    data.map(value => 0.5 + value),
    [3, 28, 28, 1],
  );
};

/** The sixteen pixels that the golden file keeps. */
const pixels = (reconstruction: tf.Tensor) =>
  tf.slice(tf.reshape(reconstruction, [3, 784]), [0, 300], [3, 16]);

describe('the full-size network', () => {
  beforeEach(({ skip }) => skip(inject('backend') === 'cpu', 'takes a minute in plain JavaScript'));

  test("computes what labml's model computes", () => {
    // The golden images are what the network sees, not yet to be normalised.
    const network = capsNet({ ...labmlConfig, image: paperConfig.image });
    importPyTorchWeights(network, state());
    const capsules = network.capsules(batchOfImages());
    expect(capsules.poses).toBeAllClose(labml.capsules, ofValues);
    const [lengths, reconstruction] = network.inference.predict(batchOfImages()) as [tf.Tensor, tf.Tensor];
    expect(lengths).toBeAllClose(labml.lengths, ofValues);
    expect(Array.from(tf.argMax(lengths, -1).dataSync())).toEqual(labml.predictions);
    expect(pixels(reconstruction)).toBeAllClose(labml.reconstruction, ofValues);
    network.dispose();
  });

  test.each([
    { convolution: 'direct', routing: 'plain' },
    { convolution: 'bilinear', routing: 'fast' },
  ] as const)(
    'has the loss and gradients of the paper: $convolution, $routing',
    ({ convolution, routing }) => {
      const network: CapsNet = capsNet({
        primary: { method: convolution },
        routing: { method: routing },
      });
      const shapes = Object.fromEntries(Object.entries(parameters).map(([name, [shape]]) => [name, shape]));
      const indices = indicesInPyTorch(network, shapes);
      importPyTorchWeights(network, state(paper.routingScale));
      const batch = { images: batchOfImages(), labels: tf.tensor1d(paper.labels, 'int32') };

      const capsules = network.capsules(batch.images);
      expect(capsules.poses).toBeAllClose(paper.capsules, ofValues);
      expect(pixels(network.decode(capsules, batch.labels))).toBeAllClose(paper.reconstruction, ofValues);
      const { value, grads } = tf.variableGrads(() => network.loss(batch).loss);
      expect(value).toBeAllClose([paper.loss], ofValues);
      for (const [name, variable] of Object.entries(network.variables)) {
        const expected = paper.gradients[nameInPyTorch(network, name)]!;
        expectSample(grads[variable.name]!, indices[name]!, expected, ofGradients.relative);
      }
      network.dispose();
    },
  );
});
