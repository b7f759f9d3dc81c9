import { type Bytes, CapsnetError } from '@capsnet/checks';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import type { CapsNet } from '../networks/capsnet/capsnet';
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
 * | the last convolution's `weight`, `bias` | `primary/kernel`, `primary/bias` | axes; channel d * channels + c becomes c * dim + d |
 * | `digit_capsules.weight` [in, out, inDim, outDim] | `classes/kernel` | child c * positions + p becomes p * channels + c |
 * | `capsules1.weight`, ... of hidden capsule layers, and their `bias` [out, outDim] | `capsules1/kernel`, ... | as above for the first |
 * | `decoder.0.weight` [out, in], `decoder.2.weight`, ... | `decoder1/kernel` [in, out], ... | axes; the last one's pixels from channels first to last |
 *
 * Names may begin with `module.` or `_orig_mod.`, as `DataParallel` and `torch.compile` have it.
 *
 * @param state a safetensors file's bytes, or tensors by their names in PyTorch: floats of 16, 32 or 64 bits, or integers
 * @throws CapsnetError `invalid-data`, before any weight is changed, if a tensor is missing, is one too many, has another shape
 *   than the network's config implies or numbers that are not finite, or if the network is not of labml's kind; of a network
 *   without a decoder, the weights of one are passed over
 */
export function importPyTorchWeights(
  network: CapsNet,
  state: Uint8Array | Readonly<Record<string, PyTorchTensor>>,
): void {
  const given = new Map(
    Object.entries(ArrayBuffer.isView(state) ? decodeSafetensors(state).tensors : state).map(
      ([name, tensor]): [string, PyTorchTensor] => [name.replace(/^((module|_orig_mod)\.)+/, ''), tensor],
    ),
  );
  const places = placesOf(network, 'importPyTorchWeights');
  const expected = new Set([...places.values()].map(({ name }) => name));
  const more = [...given.keys()].filter(
    name => !expected.has(name) && (network.config.decoder || !name.startsWith('decoder.')),
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
  for (const [ours, variable] of Object.entries(network.variables)) {
    const { name, split, order, factor } = places.get(ours)!;
    tf.tidy(() => {
      const there = tf.div(tf.tensor(values.get(name)!, [...split]), factor);
      variable.assign(tf.reshape(tf.transpose(there, [...order]), variable.shape));
    });
  }
}

/**
 * The weights as a safetensors file for labml's PyTorch model, or one that is built alike: what
 * `model.load_state_dict(safetensors.torch.load_file(path))` takes. {@link importPyTorchWeights} says what lies how.
 *
 * @throws CapsnetError `invalid-data` if the network is not of labml's kind
 */
export async function exportPyTorchWeights(network: CapsNet): Promise<Bytes> {
  const tensors: Record<string, TensorEntry> = {};
  for (const [ours, { name, shape, split, order, factor }] of placesOf(network, 'exportPyTorchWeights')) {
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

/** For each weight, by our name. */
function placesOf({ config, variables }: CapsNet, caller: string): ReadonlyMap<string, Place> {
  const { channels, dim } = config.primary;
  const { height, width, channels: colours } = config.image;
  const last = `decoder${(config.decoder?.hidden.length ?? 0) + 1}`;
  const notLabml = (found: string) =>
    new CapsnetError(
      'invalid-data',
      `${caller}: expected a network of labml's kind, found one with ${found}`,
    );
  if (config.routing.type !== 'dynamic') throw notLabml(`routing "${config.routing.type}"`);
  if (config.primary.depthwise) throw notLabml('depthwise primary capsules');
  const firstRouted = config.hidden.length > 0 ? 'capsules1' : 'classes';

  return new Map(
    Object.entries(variables).map(([ours, { shape }]): [string, Place] => {
      const [layer, weight] = ours.split('/') as [string, string];
      const kind = layer.replace(/\d+$/, '');
      const suffix = weight === 'kernel' ? 'weight' : 'bias';
      const name = `${theirLayer(layer, kind)}.${suffix}`;
      const as = (split: readonly number[], order: readonly number[], there = split): [string, Place] => [
        ours,
        { name, shape: there, split, order, factor: ours === 'primary/kernel' ? config.primary.gain : 1 },
      ];
      const plain = as(shape, [...shape.keys()]);
      switch (`${kind} ${weight}`) {
        case 'conv kernel': {
          const [rows, columns, below, filters] = shape as [number, number, number, number];
          return as([filters, below, rows, columns], [2, 3, 1, 0]);
        }
        case 'primary kernel': {
          const [rows, columns, below] = shape as [number, number, number];
          return as(
            [dim, channels, below, rows, columns],
            [3, 4, 2, 1, 0],
            [dim * channels, below, rows, columns],
          );
        }
        case 'primary bias':
          return as([dim, channels], [1, 0], shape);
        case 'capsules kernel':
        case 'classes kernel': {
          if (layer !== firstRouted) return plain;
          const [children, ...rest] = shape as [number, ...number[]];
          return as(
            [channels, children / channels, ...rest],
            [1, 0, ...rest.map((_, axis) => 2 + axis)],
            shape,
          );
        }
        case 'decoder kernel': {
          const [inputs, units] = shape as [number, number];
          return layer === last
            ? as([colours, height * width, inputs], [2, 1, 0], [units, inputs])
            : as([units, inputs], [1, 0]);
        }
        case 'decoder bias':
          return layer === last ? as([colours, height * width], [1, 0], shape) : plain;
        case 'conv bias':
        case 'capsules bias':
        case 'classes bias':
          return plain;
        default:
          throw notLabml(ours);
      }
    }),
  );

  function theirLayer(layer: string, kind: string): string {
    if (kind === 'primary') return `conv${config.convolutions.length + 1}`;
    if (kind === 'classes') return 'digit_capsules';
    if (kind === 'decoder') return `decoder.${2 * (Number(layer.slice(kind.length)) - 1)}`;
    return layer;
  }
}

function wrong(message: string): CapsnetError {
  return new CapsnetError('invalid-data', `importPyTorchWeights: ${message}`);
}
