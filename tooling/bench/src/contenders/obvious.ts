import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { type FloatTensor, lossOptions } from '../networks/bench-network';
import { dynamicRoutingOf } from '../networks/paper';
import type { Contender } from './contender';
import { learningRate, type Problem } from './problem';

/**
 * The paper's network as one plainly writes it in TensorFlow.js: `tf.layers` for convolutions and decoder, all votes in one
 * tensor, routing and losses from the formulas, `tf.train.adam`. It uses nothing of our packages, and the backend as it
 * came from its makers.
 */
export function obvious({ config, weights, images, labels }: Problem, device: string): Contender {
  const { primary, classes } = config;
  const routing = dynamicRoutingOf(config);
  const { mPositive, mNegative, lambda, reconstructionWeight } = lossOptions(config);
  const input = tf.tensor4d(images.data, images.shape as [number, number, number, number]);
  const labelled = tf.tensor1d(labels, 'int32');
  const conv1 = convolution('conv1', config.convolutions[0]!.strides, true);
  const conv2 = convolution('conv2', primary.strides, false);
  const decoder = dense(config.decoder!.hidden.length + 1);
  const routingWeight = tf.variable(tensor(weights['digit_capsules.weight']!)); // [in, out, inDim, outDim]
  const [children, parents, inDim, outDim] = routingWeight.shape as [number, number, number, number];

  let optimizer: { readonly batch: number; readonly adam: tf.AdamOptimizer } | undefined;

  function capsulesOf(x: tf.Tensor4D): tf.Tensor3D {
    const features = conv2.apply(conv1.apply(x)) as tf.Tensor4D;
    // Channels are [inDim, channel], as in PyTorch
    const byDimension = tf.reshape(tf.transpose(features, [0, 3, 1, 2]), [x.shape[0], inDim, children]);
    const u = squash(tf.transpose(byDimension, [0, 2, 1])); // [batch, in, inDim]
    const matrices = tf.reshape(tf.transpose(routingWeight, [0, 2, 1, 3]), [
      children,
      inDim,
      parents * outDim,
    ]);
    const product = tf.matMul(tf.transpose(u, [1, 0, 2]), matrices); // [in, batch, out * outDim]
    const votes = tf.reshape(tf.transpose(product, [1, 0, 2]), [x.shape[0], children, parents, outDim]);

    let logits: tf.Tensor = tf.zeros([x.shape[0], children, parents]);
    for (let iteration = 1; ; iteration++) {
      const couplings = routing.over === 'out' ? tf.softmax(logits) : softmaxOverChildren(logits);
      const v = squash(tf.sum(tf.mul(tf.expandDims(couplings, 3), votes), 1)); // [batch, out, outDim]
      if (iteration === routing.iterations) return v as tf.Tensor3D;
      logits = tf.add(logits, tf.sum(tf.mul(votes, tf.expandDims(v, 1)), 3));
    }
  }

  function reconstruct(capsules: tf.Tensor3D, kept: tf.Tensor): tf.Tensor {
    const mask = tf.expandDims(tf.oneHot(tf.cast(kept, 'int32'), classes), 2);
    return decoder.apply(tf.reshape(tf.mul(capsules, mask), [-1, classes * outDim])) as tf.Tensor;
  }

  function loss(x: tf.Tensor4D, y: tf.Tensor1D): tf.Scalar {
    const capsules = capsulesOf(x);
    const lengths = lengthsOf(capsules);
    const present = tf.oneHot(y, classes);
    const tooShort = tf.square(tf.relu(tf.sub(mPositive, lengths)));
    const tooLong = tf.square(tf.relu(tf.sub(lengths, mNegative)));
    const marginLoss = tf.add(tf.mul(present, tooShort), tf.mul(tf.mul(lambda, tf.sub(1, present)), tooLong));
    const errors = tf.square(tf.sub(reconstruct(capsules, y), tf.reshape(x, [x.shape[0], -1])));
    const total = tf.add(tf.sum(marginLoss, 1), tf.mul(reconstructionWeight, tf.sum(errors, 1)));
    return tf.mean(total) as tf.Scalar;
  }

  return {
    versions: { [tf.getBackend()]: device, tfjs: tf.version_core },
    async train(batch) {
      if (optimizer?.batch !== batch) {
        optimizer?.adam.dispose();
        optimizer = { batch, adam: tf.train.adam(learningRate, 0.9, 0.999, 1e-8) };
      }
      const { adam } = optimizer;
      const cost = tf.tidy(
        () => adam.minimize(() => loss(tf.slice(input, 0, batch), tf.slice(labelled, 0, batch)), true)!,
      );
      const read = (await cost.data())[0]!;
      cost.dispose();
      return read;
    },
    infer(batch) {
      const [lengths, reconstructions] = tf.tidy(() => {
        const capsules = capsulesOf(tf.slice(input, 0, batch));
        const lengths = lengthsOf(capsules);
        return [lengths, reconstruct(capsules, tf.argMax(lengths, 1))];
      }) as [tf.Tensor, tf.Tensor];
      const read = {
        lengths: lengths.dataSync() as Float32Array,
        reconstructions: reconstructions.dataSync() as Float32Array,
      };
      tf.dispose([lengths, reconstructions]);
      return read;
    },
  };

  function convolution(name: string, strides: number, relu: boolean) {
    const kernel = tf.transpose(tensor(weights[`${name}.weight`]!), [2, 3, 1, 0]);
    const [kernelSize, , , filters] = kernel.shape as [number, number, number, number];
    const layer = layers.conv2d({ filters, kernelSize, strides, ...(relu && { activation: 'relu' }) });
    layer.build([null, null, null, kernel.shape[2]!]);
    layer.setWeights([kernel, tensor(weights[`${name}.bias`]!)]);
    return layer;
  }

  function dense(count: number): Sequential {
    const model = sequential();
    for (let index = 0; index < count; index++) {
      const kernel = tf.transpose(tensor(weights[`decoder.${2 * index}.weight`]!));
      const layer = layers.dense({
        units: kernel.shape[1]!,
        activation: index === count - 1 ? 'sigmoid' : 'relu',
        inputShape: [kernel.shape[0]!],
      });
      model.add(layer);
      layer.setWeights([kernel, tensor(weights[`decoder.${2 * index}.bias`]!)]);
    }
    return model;
  }
}

function squash(s: tf.Tensor): tf.Tensor {
  const squared = tf.sum(tf.square(s), -1, true);
  return tf.mul(tf.div(squared, tf.add(1, squared)), tf.div(s, tf.sqrt(tf.add(squared, 1e-8))));
}

function lengthsOf(capsules: tf.Tensor3D): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(capsules), -1));
}

/** tfjs has softmax over the last axis only. */
function softmaxOverChildren(logits: tf.Tensor): tf.Tensor {
  return tf.transpose(tf.softmax(tf.transpose(logits, [0, 2, 1])), [0, 2, 1]);
}

function tensor({ shape, data }: FloatTensor): tf.Tensor {
  return tf.tensor(data, [...shape]);
}
