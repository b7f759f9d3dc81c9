import type { CapsNet, LabelledImages } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Image, imagesOf, stack } from './image';
import { drawSheet, type Tile } from './sheet';

interface SheetOptions {
  readonly columns?: number;
  readonly scale?: number;
  readonly perImage?: number;
}

/** Images [n, height, width, channels], with what is in them as far as it is known. */
export type Shown = Partial<LabelledImages> & Pick<LabelledImages, 'images'>;

/**
 * A PNG of images, each above what the decoder makes of its most active capsule; what is misclassified is framed.
 *
 * Of images of two digits it shows both that an image was made of, if they are known, and below what the decoder makes of the
 * two most active capsules, each digit in a colour of its own.
 *
 * @param perImage digits in an image. Default 1
 */
export async function drawReconstructions(
  net: CapsNet,
  { images, labels, digits = [] }: Shown,
  { columns = 20, scale = 2, perImage = 1 }: SheetOptions = {},
): Promise<Buffer> {
  const known = ((await labels?.array()) ?? []) as (number | number[])[];
  const groups: Tile[][][] = [];
  // A row of the sheet at a time: more images need no more memory.
  for (let start = 0; start < images.shape[0]; start += columns) {
    const part = (all: tf.Tensor4D) => tf.slice(all, start, Math.min(columns, images.shape[0] - start));
    const row = { images: part(images), digits: digits.map(part), perImage };
    groups.push(
      await drawRow(
        net,
        row,
        known.slice(start, start + columns).map(label => [label].flat()),
      ),
    );
    tf.dispose([row.images, ...row.digits]);
  }
  return drawSheet(groups, { scale });
}

/** What the decoder makes of the most active capsule of each image. */
export async function decodedOf(net: CapsNet, images: readonly Image[]): Promise<Image[]> {
  const batch = stack(images);
  const decoded = tf.tidy(() => net.decode(net.capsules(batch)));
  const drawn = await imagesOf(decoded);
  tf.dispose([batch, decoded]);
  return drawn;
}

interface Row {
  readonly images: tf.Tensor4D;
  /** The digits that they were made of, each apart; none where these are not known. */
  readonly digits: readonly tf.Tensor4D[];
  readonly perImage: number;
}

async function drawRow(
  net: CapsNet,
  { images, digits, perImage }: Row,
  labels: readonly (readonly number[])[],
): Promise<Tile[][]> {
  const capsules = net.capsules(images);
  const found = await mostActive(capsules.activations, perImage, labels);
  const decoded = tf.tidy(() => {
    const classes = tf.unstack(tf.tensor2d(found, undefined, 'int32'), 1) as tf.Tensor1D[];
    return classes.map(label => net.decode(capsules, label));
  });
  const rows = [
    await imagesOf(images),
    ...(digits.length > 0 ? [await together(digits)] : []),
    await together(decoded),
  ];
  tf.dispose([capsules, ...decoded]);
  const isMisclassified = found.map((row, i) => labels[i]?.some(label => !row.includes(label)) ?? false);
  return rows.map(row => row.map((image, i) => ({ image, marked: isMisclassified[i]! })));
}

/** The `count` most active classes of each image: where they are labels, in the labels' order. */
async function mostActive(
  activations: tf.Tensor2D,
  count: number,
  labels: readonly (readonly number[])[],
): Promise<number[][]> {
  const most = tf.tidy(() => tf.topk(activations, count).indices);
  const found = (await most.array()) as number[][];
  most.dispose();
  return found.map((row, i) => {
    const wanted = labels[i] ?? [];
    const others = row.filter(label => !wanted.includes(label));
    return wanted.length === count
      ? wanted.map(label => (row.includes(label) ? label : others.shift()!))
      : row;
  });
}

/** One digit of each image as it is, or two over each other in two colours. */
async function together(digits: readonly tf.Tensor4D[]): Promise<Image[]> {
  const [first, second] = await Promise.all(digits.map(imagesOf));
  return second ? first!.map((image, i) => overlaid(image, second[i]!)) : first!;
}

/** Orange and blue, which everyone can tell apart. */
const colours = [
  [1, 0.5, 0.05],
  [0.15, 0.6, 1],
] as const;

function overlaid(one: Image, other: Image): Image {
  const pixels = Float32Array.from({ length: 3 * one.height * one.width }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const ink = [one, other].map(({ pixels, channels }) => pixels[pixel * channels]!);
    return Math.min(1, ink[0]! * colours[0][at % 3]! + ink[1]! * colours[1][at % 3]!);
  });
  return { height: one.height, width: one.width, channels: 3, pixels };
}
