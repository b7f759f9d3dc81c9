import type { AnyNetwork, CapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Note, notesOn } from '../evaluation/doubts';
import { certaintyOf, hasDecoder, reconstructionErrors } from '../evaluation/reconstruction-error';
import { predictionsOf } from '../evaluation/scored-images';
import type { Usual } from '../models/open-model';
import { encodePng } from '../pictures/encode-png';
import { type Image, imagesOf, stack } from '../pictures/image';

/** An image, and what is asked of it besides its classes. */
export interface Question {
  readonly image: Image;
  readonly capsules: boolean;
  readonly reconstruction: boolean;
  /** Whether the image was dark ink on white paper, and has been inverted. */
  readonly invert: boolean;
}

/** What a network makes of an image. */
export interface Answer {
  /** The most active classes, as many as the network was trained to see in an image, the most active one first. */
  readonly classes: readonly number[];
  /** Of each class: the length of its capsule, or its probability: 0..1. */
  readonly scores: readonly number[];
  /** How badly it can be drawn from its capsule; undefined of a pair of digits, and without a decoder. */
  readonly reconstructionError?: number;
  /** Why the classes may be wrong. */
  readonly notes: readonly Note[];
  /** [class][dimension] */
  readonly capsules?: readonly (readonly number[])[];
  /** What the decoder makes of the capsule of each of `classes`, as PNG in base64. */
  readonly reconstructions?: readonly string[];
}

/** The network that answers. */
export interface Answering {
  readonly net: AnyNetwork;
  /** Of an image: 1, or 2 of a pair of digits. */
  readonly digits: number;
  readonly usual: Usual;
  /** Whether it has learnt bright ink on black. */
  readonly areDigits: boolean;
}

/**
 * Runs a batch through the network. Images of one size; what nobody asks for is not computed.
 *
 * @throws Error when scores are not finite
 */
export async function answerAll(answering: Answering, questions: readonly Question[]): Promise<Answer[]> {
  const { net } = answering;
  const images = stack(questions.map(({ image }) => image));
  const answersBy: AnswersBy = (scores, errors) => answersOf(answering, questions, scores, errors);
  try {
    if (net.kind === 'capsnet' && questions.some(asksForPoses))
      return await withPoses(net, answersBy, questions, images);
    const { scores, reconstructionErrors } = await read({ ...certaintyOf(net, images) });
    return answersBy(scores!, reconstructionErrors);
  } finally {
    images.dispose();
  }
}

const asksForPoses = ({ capsules, reconstruction }: Question) => capsules || reconstruction;

type AnswersBy = (scores: Float32Array, errors: Float32Array | undefined) => Answer[];

function answersOf(
  { net, digits, usual, areDigits }: Answering,
  questions: readonly Question[],
  scores: Float32Array,
  errors: Float32Array | undefined,
): Answer[] {
  if (!scores.every(Number.isFinite)) throw new Error('the scores are not finite: the weights are too large');
  const { classes } = net.config;
  const labels = new Int32Array(questions.length * digits);
  return predictionsOf({ classes, digits, scores, labels }).map((predictions, row) => {
    const { image, invert } = questions[row]!;
    const own = scores.subarray(row * classes, (row + 1) * classes);
    // Of a pair one capsule draws one digit of two.
    const drawn =
      errors && digits === 1 ? { reconstructionError: shortest(errors.subarray(row, row + 1))[0]! } : {};
    const found = { classes: predictions, scores: own, ...drawn };
    return {
      classes: predictions,
      scores: shortest(own),
      ...drawn,
      notes: notesOn(image, found, { usual, invert, areDigits }),
    };
  });
}

async function withPoses(
  net: CapsNet,
  answersBy: AnswersBy,
  questions: readonly Question[],
  images: tf.Tensor4D,
): Promise<Answer[]> {
  const { classes, classDim } = net.config;
  const found = net.capsules(images);
  const errors = hasDecoder(net) ? { errors: reconstructionErrors(net, images, found) } : {};
  const { poses, activations, ...more } = await read({ ...found, ...errors }, { keep: true });
  tf.dispose(errors);
  const answers = answersBy(activations!, more.errors);
  const digits = answers[0]!.classes.length;
  const drawn = questions.some(({ reconstruction }) => reconstruction)
    ? await Promise.all(Array.from({ length: digits }, (_, digit) => draw(net, found, answers, digit)))
    : [];
  tf.dispose({ ...found });
  return answers.map((answer, row) => ({
    ...answer,
    ...(questions[row]!.capsules && {
      capsules: Array.from({ length: classes }, (_, label) => {
        const start = (row * classes + label) * classDim;
        return shortest(poses!.subarray(start, start + classDim));
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
  tensors: Readonly<Partial<Record<Name, tf.Tensor>>>,
  { keep = false } = {},
): Promise<Partial<Record<Name, Float32Array>>> {
  const entries = Object.entries(tensors as Record<string, tf.Tensor>);
  const values = await Promise.all(entries.map(([, tensor]) => tensor.data()));
  if (!keep) tf.dispose(tensors);
  return Object.fromEntries(entries.map(([name], index) => [name, values[index]])) as Partial<
    Record<Name, Float32Array>
  >;
}

/** Nine digits are enough to tell a float32 from all others; JSON would write up to seventeen. */
function shortest(values: Float32Array): number[] {
  return Array.from(values, value => Number(value.toPrecision(9)));
}
