import type { Cnn } from '@capsnet/core';
import { convolution, dense, relu } from './layers';
import { type NetworkGraph, normalisedImages } from './network-graph';

/** A network without capsules: the probabilities of the classes. */
export const cnnGraph: NetworkGraph<Cnn> = (graph, images, { config, variables }) => {
  let { height, width, channels } = config.image;
  let x = normalisedImages(graph, images, config.image);
  config.convolutions.forEach(({ kernelSize, strides, pool, filters }, index) => {
    const [above, below] = zerosAround(height, kernelSize, strides);
    const [left, right] = zerosAround(width, kernelSize, strides);
    const name = `conv${index + 1}`;
    x = relu(graph, convolution(graph, x, name, variables, { strides, pads: [above, left, below, right] }));
    [height, width, channels] = [Math.ceil(height / strides), Math.ceil(width / strides), filters];
    if (pool === 1) return;
    x = graph.node('MaxPool', [x], { kernel_shape: [pool, pool], strides: [pool, pool] });
    [height, width] = [Math.floor(height / pool), Math.floor(width / pool)];
  });
  // The dense layers' weights know channels last.
  x = graph.reshape(graph.transpose(x, [0, 2, 3, 1]), [-1, height * width * channels]);
  for (const index of config.dense.keys()) x = relu(graph, dense(graph, x, `dense${index + 1}`, variables));
  const logits = dense(graph, x, 'classes', variables);
  const probabilities = graph.node('Softmax', [logits], { axis: 1 });
  return [{ name: 'probabilities', shape: [config.classes], value: probabilities }];
};

/** How many zeros before and after an axis of a size for as many places as it has over the strides: padding "same". */
function zerosAround(size: number, kernelSize: number, strides: number): [before: number, after: number] {
  const zeros = Math.max(0, (Math.ceil(size / strides) - 1) * strides + kernelSize - size);
  return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
}
