import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { CapsNet } from '../networks/capsnet/capsnet';

/** A PyTorch tensor: values in C order. */
export interface PyTorchTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Takes over the weights of labml's PyTorch model, or of one that is built alike, by the names of its `state_dict`.
 *
 * | PyTorch | here | change |
 * | --- | --- | --- |
 * | `conv1.weight` [out, in, height, width], ... | `conv1/kernel` [height, width, in, out] | axes |
 * | the last convolution's `weight`, `bias` | `primary/kernel`, `primary/bias` | axes; channel d * channels + c becomes c * dim + d |
 * | `digit_capsules.weight` [in, out, inDim, outDim] | `classes/kernel` | child c * positions + p becomes p * channels + c |
 * | `capsules1.weight`, ... of hidden capsule layers, and their `bias` [out, outDim] | `capsules1/kernel`, ... | as above for the first |
 * | `decoder.0.weight` [out, in], `decoder.2.weight`, ... | `decoder1/kernel` [in, out], ... | axes; the last one's pixels from channels first to last |
 *
 * @param state tensors by their names in PyTorch; each must be there, with the shape that the network's config implies
 * @throws if a tensor is missing or its shape does not fit, before any weight is changed
 */
export function importPyTorchWeights(network: CapsNet, state: Readonly<Record<string, PyTorchTensor>>): void {
  const { config, variables } = network;
  const { channels, dim } = config.primary;
  const convolutions = config.convolutions.length;
  const { height, width, channels: colours } = config.image;
  const values: Record<string, tf.Tensor> = {};
  tf.tidy(() => {
    for (let index = 1; index <= convolutions; index++) {
      values[`conv${index}/kernel`] = tf.transpose(read(`conv${index}.weight`, 4), [2, 3, 1, 0]);
      values[`conv${index}/bias`] = read(`conv${index}.bias`, 1);
    }

    const primary = `conv${convolutions + 1}`;
    const kernel = read(`${primary}.weight`, 4); // [dim * channels, in, height, width]
    const [, below, ...size] = kernel.shape as [number, number, number, number];
    const split = tf.reshape(kernel, [dim, channels, below, ...size]);
    values['primary/kernel'] = tf.reshape(tf.transpose(split, [3, 4, 2, 1, 0]), [
      ...size,
      below,
      channels * dim,
    ]);
    values['primary/bias'] = tf.reshape(
      tf.transpose(tf.reshape(read(`${primary}.bias`, 1), [dim, channels])),
      [-1],
    );

    [...config.hidden.keys(), -1].forEach((hidden, index) => {
      const [source, target] =
        hidden === -1 ? ['digit_capsules', 'classes'] : [`capsules${hidden + 1}`, `capsules${hidden + 1}`];
      const weight = read(`${source}.weight`, 4); // [in, out, inDim, outDim]
      const [children, ...rest] = weight.shape as [number, number, number, number];
      const byChannel = tf.reshape(weight, [channels, children / channels, -1]);
      values[`${target}/kernel`] =
        index === 0 ? tf.reshape(tf.transpose(byChannel, [1, 0, 2]), [children, ...rest]) : weight;
      if (`${target}/bias` in variables) values[`${target}/bias`] = read(`${source}.bias`, 2);
    });

    const last = config.decoder ? config.decoder.hidden.length : -1;
    for (let index = 0; index <= last; index++) {
      const weight = read(`decoder.${2 * index}.weight`, 2); // [out, in]
      const bias = read(`decoder.${2 * index}.bias`, 1);
      values[`decoder${index + 1}/kernel`] = tf.transpose(index === last ? coloursLast(weight) : weight);
      values[`decoder${index + 1}/bias`] = index === last ? coloursLast(bias) : bias;
    }

    for (const [name, variable] of Object.entries(variables)) {
      const found = values[name]?.shape;
      if (!found)
        throw new CapsnetError(
          'invalid-data',
          `importPyTorchWeights: expected a network of labml's kind, found one with ${name}`,
        );
      if (found.join() !== variable.shape.join()) {
        throw new CapsnetError(
          'invalid-data',
          `importPyTorchWeights: expected [${variable.shape}] for ${name}, found [${found}]`,
        );
      }
    }
    for (const [name, variable] of Object.entries(variables)) variable.assign(values[name]!);
  });

  /** Rows (colour, pixel) -> (pixel, colour). */
  function coloursLast(tensor: tf.Tensor): tf.Tensor {
    const byColour = tf.reshape(tensor, [colours, height * width, -1]);
    return tf.reshape(tf.transpose(byColour, [1, 0, 2]), tensor.shape);
  }

  function read(name: string, rank: number): tf.Tensor {
    const tensor = Object.hasOwn(state, name) ? state[name]! : undefined;
    if (!tensor)
      throw new CapsnetError(
        'invalid-data',
        `importPyTorchWeights: expected a tensor "${name}", found ${Object.keys(state).join(', ')}`,
      );
    if (tensor.shape.length !== rank || tf.util.sizeFromShape([...tensor.shape]) !== tensor.data.length) {
      throw new CapsnetError(
        'invalid-data',
        `importPyTorchWeights: expected "${name}" of rank ${rank}, found [${tensor.shape}] with ${tensor.data.length} values`,
      );
    }
    return tf.tensor(Float32Array.from(tensor.data), [...tensor.shape]);
  }
}
