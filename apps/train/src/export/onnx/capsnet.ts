import { type CapsNet, geometryOf } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Output, Value } from './graph';
import { convolution, dense, relu } from './layers';
import { type NetworkGraph, normalisedImages } from './network-graph';
import type { CapsuleValues } from './routing-graph';
import { routingGraphOf } from './routings';
import { squaredLength, squashes } from './squashes';

/** A capsule network: activations, capsules and, where it has a decoder, what that makes of the most active capsule. */
export const capsNetGraph: NetworkGraph<CapsNet> = (graph, images, network) => {
  const { config, variables } = network;
  const { classes, classDim } = config;
  let features = normalisedImages(graph, images, config.image);
  config.convolutions.forEach(({ strides, batchNorm }, index) => {
    features = relu(graph, convolution(graph, features, `conv${index + 1}`, variables, { strides }));
    if (batchNorm) features = normalised(graph, features, `norm${index + 1}`, network);
  });

  const { connections } = geometryOf(config);
  let capsules = primaryCapsules(graph, features, network);
  connections.forEach((connection, index) => {
    const name = index === connections.length - 1 ? 'classes' : `capsules${index + 1}`;
    const weights = (weight: string) => variables[`${name}/${weight}`]!;
    const { routing: settings } = config;
    capsules = routingGraphOf(settings)(graph, capsules, { name, weights, connection, settings });
  });

  const { poses } = capsules;
  const activations = capsules.activations ?? lengths(graph, poses, classes);
  return [
    { name: 'activations', shape: [classes], value: activations },
    { name: 'capsules', shape: [classes, classDim], value: poses },
    ...(config.decoder ? [reconstructions(graph, poses, activations, network)] : []),
  ];
};

/** Convolutional features [batch, features, height, width] as capsules: a place after the other, its channels in turn. */
function primaryCapsules(graph: Graph, features: Value, { config, variables }: CapsNet): CapsuleValues {
  const { channels, dim, strides, gain, depthwise, squash } = config.primary;
  const convolved = convolution(graph, features, 'primary', variables, { strides, gain, depthwise });
  const lastly = graph.transpose(convolved, [0, 2, 3, 1]);
  if (config.routing.type !== 'em') {
    const { height, width } = geometryOf(config).primary;
    const vectors = graph.reshape(lastly, [-1, height * width * channels, dim]);
    return { poses: squashes[squash](graph, vectors, 2) };
  }
  const { height, width } = geometryOf(config).primary;
  const part = (begin: number, end: number) =>
    graph.node('Slice', [lastly, ...[[begin], [end], [3]].map(graph.integers)]);
  const logits = part(channels * dim, channels * (dim + 1));
  return {
    poses: graph.reshape(part(0, channels * dim), [-1, height * width * channels, dim]),
    activations: graph.node('Sigmoid', [graph.reshape(logits, [-1, height * width * channels])]),
  };
}

function lengths(graph: Graph, poses: Value, classes: number): Value {
  return graph.reshape(graph.node('Sqrt', [squaredLength(graph, poses, 2)]), [-1, classes]);
}

function normalised(graph: Graph, x: Value, name: string, { inference, variables }: CapsNet): Value {
  const epsilon = inference.getLayer(name).getConfig().epsilon as number;
  const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(weight =>
    graph.weight(`${name}/${weight}`, variables[`${name}/${weight}`]!),
  );
  return graph.node('BatchNormalization', [x, ...weights], { epsilon: { fraction: epsilon } }, name);
}

/** What the decoder makes of the most active capsule, all others being 0. */
function reconstructions(
  graph: Graph,
  poses: Value,
  activations: Value,
  { config, variables }: CapsNet,
): Output {
  const { classes, classDim, decoder } = config;
  const { height, width, channels } = config.image;
  const mostActive = graph.node('ArgMax', [activations], { axis: 1, keepdims: 0 });
  const offAndOn = graph.weight('off_and_on', tf.tensor1d([0, 1]));
  const kept = graph.node('OneHot', [mostActive, graph.integers([classes]), offAndOn]);
  let x = graph.multiply(poses, graph.reshape(kept, [-1, classes, 1]));
  x = graph.reshape(x, [-1, classes * classDim]);
  const layers = decoder!.hidden.length + 1;
  for (let layer = 1; layer <= layers; layer++) {
    const y = dense(graph, x, `decoder${layer}`, variables);
    x = layer < layers ? relu(graph, y) : graph.node('Sigmoid', [y]);
  }
  const shape = [height, width, channels];
  return { name: 'reconstructions', shape, value: graph.reshape(x, [-1, ...shape]) };
}
