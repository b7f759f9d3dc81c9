import type { AnyNetwork, CapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { predictionsOf } from '../evaluation/scored-images';
import { encodePng } from '../pictures/encode-png';
import { type Image, imagesOf, stack } from '../pictures/image';

/** An image, and what is asked of it besides its classes. */
export interface Question {
  readonly image: Image;
  readonly capsules: boolean;
  readonly reconstruction: boolean;
}

/** What a network makes of an image. */
export interface Answer {
  /** The most active classes, as many as the network was trained to see in an image, the most active one first. */
  readonly classes: readonly number[];
  /** Of each class: the length of its capsule, or its probability: 0..1. */
  readonly scores: readonly number[];
  /** [class][dimension] */
  readonly capsules?: readonly (readonly number[])[];
  /** What the decoder makes of the capsule of each of `classes`, as PNG in base64. */
  readonly reconstructions?: readonly string[];
}

/** Runs a batch through the network. Images of one size; what nobody asks for is not computed. */
export async function answerAll(
  net: AnyNetwork,
  digits: number,
  questions: readonly Question[],
): Promise<Answer[]> {
  const images = stack(questions.map(({ image }) => image));
  try {
    if (net.kind !== 'capsnet' || !questions.some(asksForPoses)) {
      const scores = net.scores(images);
      return answersOf(net, digits, (await read({ scores })).scores);
    }
    return await withPoses(net, digits, questions, images);
  } finally {
    images.dispose();
  }
}

const asksForPoses = ({ capsules, reconstruction }: Question) => capsules || reconstruction;

function answersOf({ config: { classes } }: AnyNetwork, digits: number, scores: Float32Array): Answer[] {
  const labels = new Int32Array((scores.length / classes) * digits);
  return predictionsOf({ classes, digits, scores, labels }).map((predictions, row) => ({
    classes: predictions,
    scores: [...scores.subarray(row * classes, (row + 1) * classes)],
  }));
}

async function withPoses(
  net: CapsNet,
  digits: number,
  questions: readonly Question[],
  images: tf.Tensor4D,
): Promise<Answer[]> {
  const { classes, classDim } = net.config;
  const found = net.capsules(images);
  const { poses, activations } = await read({ ...found }, { keep: true });
  const answers = answersOf(net, digits, activations!);
  const drawn = questions.some(({ reconstruction }) => reconstruction)
    ? await Promise.all(Array.from({ length: digits }, (_, digit) => draw(net, found, answers, digit)))
    : [];
  tf.dispose({ ...found });
  return answers.map((answer, row) => ({
    ...answer,
    ...(questions[row]!.capsules && {
      capsules: Array.from({ length: classes }, (_, label) => {
        const start = (row * classes + label) * classDim;
        return [...poses!.subarray(start, start + classDim)];
      }),
    }),
    ...(questions[row]!.reconstruction && {
      reconstructions: drawn.map(pictures => encodePng(pictures[row]!).toString('base64')),
    }),
  }));
}

/** Of each image, what the decoder makes of its first capsule, or its second. */
async function draw(
  net: CapsNet,
  capsules: Parameters<CapsNet['decode']>[0],
  answers: readonly Answer[],
  digit: number,
): Promise<Image[]> {
  const decoded = tf.tidy(() => {
    const labels = tf.tensor1d(
      answers.map(({ classes }) => classes[digit]!),
      'int32',
    );
    return net.decode(capsules, labels);
  });
  const images = await imagesOf(decoded);
  decoded.dispose();
  return images;
}

/** The values of tensors, which are then disposed of. */
async function read<Name extends string>(
  tensors: Readonly<Record<Name, tf.Tensor>>,
  { keep = false } = {},
): Promise<Record<Name, Float32Array>> {
  const entries = Object.entries<tf.Tensor>(tensors);
  const values = await Promise.all(entries.map(([, tensor]) => tensor.data()));
  if (!keep) tf.dispose(tensors);
  return Object.fromEntries(entries.map(([name], index) => [name, values[index]])) as Record<
    Name,
    Float32Array
  >;
}
