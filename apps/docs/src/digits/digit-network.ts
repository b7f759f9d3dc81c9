import type { CapsNet } from '@capsnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Library } from '../library';
import networkUrl from './digit-network.safetensors?url';

let loading: Promise<CapsNet> | undefined;

/** The small trained network of the figures; it is loaded once. */
export function loadDigitNetwork({ core }: Library): Promise<CapsNet> {
  loading ??= fetch(networkUrl)
    .then(response => response.arrayBuffer())
    .then(buffer => core.decodeCapsNet(new Uint8Array(buffer)));
  return loading;
}

/** What a network makes of one image, layer by layer, as plain numbers. */
export interface Insides {
  /** The name and shape of what each layer hands on. */
  readonly shapes: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** u: [in][inDim] */
  readonly children: readonly (readonly number[])[];
  /** v: [out][outDim] */
  readonly capsules: readonly (readonly number[])[];
  /** c: [in][out] */
  readonly couplings: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  /** [28 * 28], of the longest capsule */
  readonly reconstruction: ArrayLike<number>;
}

/** What the first convolution hands on. */
function featuresOf({ inference }: CapsNet, x: Tensor): Tensor {
  return inference.getLayer('conv1').apply(x) as Tensor;
}

/** Runs the network on an image [28, 28], layer by layer. */
export function inspect(library: Library, network: CapsNet, image: Float32Array): Insides {
  const { tf } = library;
  const shapes: { name: string; shape: number[] }[] = [{ name: 'image', shape: [28, 28, 1] }];
  const numbers = tf.tidy(() => {
    const x = tf.tensor4d(image, [1, 28, 28, 1]);
    const { lower, iterations } = network.trace(x);
    const { poses: capsules, activations: lengths, couplings } = iterations.at(-1)!;
    const children = lower.poses;
    const features = featuresOf(network, x);
    const reconstruction = network.decode(capsules);
    for (const [name, { shape }] of Object.entries({
      features,
      children,
      capsules,
      lengths,
      reconstruction,
    })) {
      shapes.push({ name, shape: shape.slice(1) });
    }
    const read = [children, capsules, couplings, lengths, tf.reshape(reconstruction, [1, -1])];
    return read.map(tensor => (tensor.arraySync() as number[][])[0]!);
  });
  const [children, capsules, couplings, lengths, reconstruction] = numbers as unknown as [
    number[][],
    number[][],
    number[][],
    number[],
    number[],
  ];
  return { shapes, children, capsules, couplings, lengths, reconstruction };
}

/** W of one child and one parent: [inDim][outDim] */
export function weightOf({ tf }: Library, network: CapsNet, child: number, parent: number): number[][] {
  const weight = network.variables['classes/kernel']!;
  const [, , inDim, outDim] = weight.shape as [number, number, number, number];
  return tf.tidy(
    () =>
      tf
        .reshape(tf.slice(weight, [child, parent, 0, 0], [1, 1, inDim, outDim]), [inDim, outDim])
        .arraySync() as number[][],
  );
}
