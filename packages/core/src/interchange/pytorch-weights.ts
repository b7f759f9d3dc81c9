import { type Bytes, CapsnetError } from '@capsnet/checks';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import type { CapsNetConfig } from '../networks/capsnet/config';
import { cnnFeatures } from '../networks/cnn/weight-shapes';
import type { AnyNetwork } from '../networks/kinds';
import { numbersOf, type StoredTensor } from './tensor-numbers';

/** A tensor of a `state_dict`; one that `decodeSafetensors` has read is one. */
export type PyTorchTensor = StoredTensor;

/**
 * Where PyTorch has a weight of ours, and how: its axes, some of them split, come here in another order.
 */
interface Place {
  /** In the `state_dict`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Its axes, split. */
  readonly split: readonly number[];
  /** Which of those stands where here. */
  readonly order: readonly number[];
  /** Its numbers are ours times this: PyTorch has no gain beside the kernel. */
  readonly factor: number;
}

/**
 * Takes over the weights of labml's PyTorch model, or of one that is built alike, by the names of its `state_dict`:
 *
 * | PyTorch | here | change |
 * | --- | --- | --- |
 * | `conv1.weight` [out, in, height, width], ... | `conv1/kernel` [height, width, in, out] | axes |
 * | `norm1.weight`, `bias`, `running_mean`, `running_var`, ... | `norm1/gamma`, `beta`, `moving_mean`, `moving_variance` | |
 * | the last convolution's `weight`, `bias` | `primary/kernel`, `primary/bias` | axes; channel d * channels + c becomes c * dim + d |
 * | `digit_capsules.weight` [in, out, inDim, outDim] | `classes/kernel` | child c * positions + p becomes p * channels + c |
 * | `digit_capsules.bias` [out, outDim]; of self-attention routing [in, out] | `classes/bias` | children as above |
 * | `capsules1.weight`, ... of hidden capsule layers, and their `bias` | `capsules1/kernel`, ... | as above for the first |
 * | `digit_capsules.beta_u`, `beta_a`, ... of EM routing | `classes/betaU`, `classes/betaA` | |
 * | `decoder.0.weight` [out, in], `decoder.2.weight`, ... | `decoder1/kernel` [in, out], ... | axes; the last one's pixels from channels first to last |
 * | `dense1.weight` [out, in], ... and `classes.weight` of a network without capsules | `dense1/kernel`, ... | axes; the first one's inputs from channels first to last |
 *
 * The channels of a depthwise convolution, and of the one below EM routing, lie alike there and here, and EM routing's weights
 * know no places. What counts steps is neither exported nor expected.
 *
 * Names may begin with `module.` or `_orig_mod.`, as `DataParallel` and `torch.compile` have it.
 *
 * @param state a safetensors file's bytes, or tensors by their names in PyTorch: floats of 16, 32 or 64 bits, or integers
 * @throws CapsnetError `invalid-data`, before any weight is changed, if a tensor is missing, is one too many, has another shape
 *   than the network's config implies or numbers that are not finite; of a network without a decoder, the weights of one are
 *   passed over
 */
export function importPyTorchWeights(
  network: AnyNetwork,
  state: Uint8Array | Readonly<Record<string, PyTorchTensor>>,
): void {
  const given = new Map(
    Object.entries(ArrayBuffer.isView(state) ? decodeSafetensors(state).tensors : state).map(
      ([name, tensor]): [string, PyTorchTensor] => [name.replace(/^((module|_orig_mod)\.)+/, ''), tensor],
    ),
  );
  const places = placesOf(network);
  const expected = new Set([...places.values()].map(({ name }) => name));
  const hasDecoder = 'decoder' in network.config && network.config.decoder !== null;
  const more = [...given.keys()].filter(
    name =>
      !expected.has(name) &&
      (hasDecoder || !name.startsWith('decoder.')) &&
      // PyTorch counts them where there is no momentum.
      !name.endsWith('.num_batches_tracked'),
  );
  if (more.length > 0)
    throw wrong(`expected ${[...expected].join(', ')} and no more, found ${more.join(', ')} as well`);

  const values = new Map<string, Float32Array>();
  for (const { name, shape } of places.values()) {
    const tensor = given.get(name);
    if (!tensor) throw wrong(`expected a tensor "${name}", found ${[...given.keys()].join(', ') || 'none'}`);
    const size = tf.util.sizeFromShape([...shape]);
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== size)
      throw wrong(`expected "${name}" [${shape}], found [${tensor.shape}] with ${tensor.data.length} values`);
    values.set(name, numbersOf(tensor, `importPyTorchWeights: "${name}"`));
  }
  for (const [ours, { name, split, order, factor }] of places) {
    const variable = network.variables[ours]!;
    tf.tidy(() => {
      const there = tf.div(tf.tensor(values.get(name)!, [...split]), factor);
      variable.assign(tf.reshape(tf.transpose(there, [...order]), variable.shape));
    });
  }
}

/**
 * The weights as a safetensors file for labml's PyTorch model, or one that is built alike: what
 * `model.load_state_dict(safetensors.torch.load_file(path))` takes. {@link importPyTorchWeights} says what lies how.
 */
export async function exportPyTorchWeights(network: AnyNetwork): Promise<Bytes> {
  const tensors: Record<string, TensorEntry> = {};
  for (const [ours, { name, shape, split, order, factor }] of placesOf(network)) {
    const there = tf.tidy(() => {
      const here = tf.reshape(
        network.variables[ours]!,
        order.map(axis => split[axis]!),
      );
      return tf.mul(
        tf.transpose(
          here,
          split.map((_, axis) => order.indexOf(axis)),
        ),
        factor,
      );
    });
    tensors[name] = { dtype: 'F32', shape, data: (await there.data()) as Float32Array<ArrayBuffer> };
    there.dispose();
  }
  return encodeSafetensors(tensors);
}

/** How the axes of a weight lie in PyTorch: split, in which order they come here, and as they are there. */
interface Layout {
  readonly split: readonly number[];
  readonly order: readonly number[];
  readonly there?: readonly number[];
}

const same = (shape: readonly number[]): Layout => ({ split: shape, order: [...shape.keys()] });

/** What PyTorch calls the weights of a layer. */
const theirWeights: Readonly<Record<string, string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
  betaU: 'beta_u',
  betaA: 'beta_a',
};

/** For each weight, by our name. */
function placesOf({ config, variables }: AnyNetwork): ReadonlyMap<string, Place> {
  const layout = config.kind === 'capsnet' ? capsNetLayout(config) : cnnLayout(config);
  return new Map(
    Object.entries(variables)
      .filter(([ours]) => !ours.endsWith('/step'))
      .map(([ours, { shape }]): [string, Place] => {
        const [layer, weight] = ours.split('/') as [string, string];
        const { split, order, there = split } = layout(layer, weight, shape);
        const name = `${theirLayer(layer, config)}.${theirWeights[weight]!}`;
        const factor = config.kind === 'capsnet' && ours === 'primary/kernel' ? config.primary.gain : 1;
        return [ours, { name, shape: there, split, order, factor }];
      }),
  );
}

function theirLayer(layer: string, config: AnyNetwork['config']): string {
  if (config.kind !== 'capsnet') return layer;
  if (layer === 'primary') return `conv${config.convolutions.length + 1}`;
  if (layer === 'classes') return 'digit_capsules';
  const [, decoderLayer] = /^decoder(\d+)$/.exec(layer) ?? [];
  return decoderLayer === undefined ? layer : `decoder.${2 * (Number(decoderLayer) - 1)}`;
}

function capsNetLayout(config: CapsNetConfig) {
  const { channels, dim, depthwise } = config.primary;
  const { height, width, channels: colours } = config.image;
  const isEm = config.routing.type === 'em';
  const firstRouted = config.hidden.length > 0 ? 'capsules1' : 'classes';
  const lastDecoder = `decoder${(config.decoder?.hidden.length ?? 0) + 1}`;

  return (layer: string, weight: string, shape: readonly number[]): Layout => {
    const isKernel = weight === 'kernel';
    if (layer === 'primary' && !depthwise && !isEm) {
      if (!isKernel) return { split: [dim, channels], order: [1, 0], there: shape };
      const [rows, columns, below] = shape as [number, number, number];
      return {
        split: [dim, channels, below, rows, columns],
        order: [3, 4, 2, 1, 0],
        there: [dim * channels, below, rows, columns],
      };
    }
    if (layer === 'primary' || layer.startsWith('conv')) {
      return isKernel ? convolutionLayout(shape, layer === 'primary' && depthwise) : same(shape);
    }
    const isPerChild = isKernel || (weight === 'bias' && config.routing.type === 'self-attention');
    if (layer === firstRouted && isPerChild && !isEm) {
      const [children, ...rest] = shape as [number, ...number[]];
      return {
        split: [channels, children / channels, ...rest],
        order: [1, 0, ...rest.map((_, axis) => 2 + axis)],
        there: shape,
      };
    }
    if (!layer.startsWith('decoder')) return same(shape);
    if (layer === lastDecoder) {
      if (!isKernel) return { split: [colours, height * width], order: [1, 0], there: shape };
      const [inputs, units] = shape as [number, number];
      return { split: [colours, height * width, inputs], order: [2, 1, 0], there: [units, inputs] };
    }
    return isKernel ? transposed(shape) : same(shape);
  };
}

function cnnLayout(config: Extract<AnyNetwork, { kind: 'cnn' }>['config']) {
  const firstDense = config.dense.length > 0 ? 'dense1' : 'classes';
  return (layer: string, weight: string, shape: readonly number[]): Layout => {
    if (weight !== 'kernel') return same(shape);
    if (layer.startsWith('conv')) return convolutionLayout(shape, false);
    if (layer !== firstDense) return transposed(shape);
    const { height, width, channels } = cnnFeatures(config);
    const [inputs, units] = shape as [number, number];
    return { split: [units, channels, height * width], order: [2, 1, 0], there: [units, inputs] };
  };
}

/** [height, width, in, out], or [height, width, channels, 1] of a depthwise one. */
function convolutionLayout(shape: readonly number[], depthwise: boolean): Layout {
  const [rows, columns, below, filters] = shape as [number, number, number, number];
  return depthwise
    ? { split: [below, 1, rows, columns], order: [2, 3, 0, 1] }
    : { split: [filters, below, rows, columns], order: [2, 3, 1, 0] };
}

function transposed(shape: readonly number[]): Layout {
  const [inputs, units] = shape as [number, number];
  return { split: [units, inputs], order: [1, 0] };
}

function wrong(message: string): CapsnetError {
  return new CapsnetError('invalid-data', `importPyTorchWeights: ${message}`);
}
