import { type CapsNetConfig, type CnnConfig, networkSchema } from '@capsnet/core';
import {
  type DeepReadonly,
  field,
  finite,
  fraction,
  positive,
  section,
  seed,
  size,
} from '@capsnet/core/configuration';
import { pretrainedNames } from '@capsnet/pretrained';
import * as z from 'zod/mini';
import { dataSetNames, dataSets } from '../data-sets/data-sets';

const count = z.int().check(z.gte(1));
const pixels = z.int().check(z.gte(0), z.lte(1024));
const text = z.string().check(z.minLength(1));

const side = z.nullable(z.int().check(z.gte(1), z.lte(1024)));

const picturesSchema = z.strictObject({
  height: field(
    side,
    null,
    'In pixels, of what a picture becomes; null, with width null, for the size of the pictures, if all have one.',
  ),
  width: field(side, null, 'In pixels; --size sets both.'),
  fit: field(
    z.enum(['contain', 'cover', 'exact']),
    'contain',
    '"contain" keeps all of a picture of another size, "cover" fills the size with its middle, "exact" refuses it.',
  ),
  channels: field(
    z.nullable(z.literal([1, 3])),
    null,
    '1 makes pictures gray, 3 coloured; null for 3 if any has colours, else 1.',
  ),
  test: field(
    z.number().check(z.gt(0), z.lt(1)),
    0.2,
    'The part of each class to test with, in a folder without the folders train and test.',
  ),
  seed: field(seed, 1, 'Of the draw of these.'),
});

export const dataSchema = z.strictObject({
  set: field(
    z.enum(dataSetNames),
    'mnist',
    `The images: ${dataSetNames.map(name => `${name}, ${dataSets[name].meaning}`).join('; ')}.`,
  ),
  folder: field(z.nullable(text), null, 'The folder or file of a set that has one; --data sets both.'),
  prefix: field(
    z.nullable(z.string()),
    null,
    "What the names of the folder's files begin with, when it holds several sets.",
  ),
  pictures: section(picturesSchema, 'How pictures are read.'),
  digits: field(
    z.int().check(z.gte(1), z.lte(2)),
    1,
    'Digits in an image: 2 is MultiMNIST, two of different classes, each moved by itself, one over the other.',
  ),
  size: field(
    z.nullable(size),
    null,
    "The side of a black canvas, in whose middle every image lies; null for the images' own size.",
  ),
  shift: field(pixels, 2, 'Training images are moved by up to n pixels in each direction, zero padded.'),
  rotation: field(
    finite.check(z.gte(0), z.lte(180)),
    0,
    'Training images are turned by up to n degrees, either way, with rotationProbability.',
  ),
  rotationProbability: field(fraction, 1, 'How likely a training image is to be turned.'),
  scale: field(
    finite.check(z.gte(0), z.lte(0.9)),
    0,
    'Width and height of training images are multiplied by factors of their own from 1 - scale to 1 + scale.',
  ),
  squeeze: field(
    finite.check(z.gte(0), z.lte(0.9)),
    0,
    'The width alone of training images is multiplied by a factor from 1 - squeeze to 1.',
  ),
  shear: field(fraction, 0, 'Training images lean by up to n pixels to the side for each pixel down.'),
  flip: field(fraction, 0, 'How likely a training image is to be mirrored, left for right.'),
  brightness: field(fraction, 0, 'Training images become brighter or darker: plus -n to n, of 1.'),
  contrast: field(
    fraction,
    0,
    'Distances from the mean of a training image are multiplied by a factor from 1 - n to 1 + n.',
  ),
  erase: field(
    pixels,
    0,
    'The side of a square of training images that is blackened, anywhere, with eraseProbability.',
  ),
  eraseProbability: field(fraction, 1, 'How likely a training image is to lose such a square.'),
  test: field(
    z.enum(['plain', 'affine']),
    'plain',
    'Test images plain, or in the manner of affNIST: rotated, sheared, scaled and put anywhere on the canvas.',
  ),
  limit: field(
    z.nullable(count),
    null,
    'Use only the first n images for each of training, validation and test: for a quick look.',
  ),
  validation: field(
    count,
    5000,
    'Training images of the validation split, on which the best weights are chosen.',
  ),
  all: field(
    z.boolean(),
    false,
    'Train on every image: there is no validation split, and the last weights are taken.',
  ),
});

const learningRate = z.strictObject({
  schedule: field(
    z.enum(['constant', 'step', 'cosine']),
    'cosine',
    '"step" multiplies by factor every n steps ("every"); "cosine" falls to final in the last step.',
  ),
  initial: field(positive, 1e-3, 'The learning rate of the first step.'),
  factor: field(positive.check(z.lte(1)), 0.96, 'Of the schedule "step".'),
  every: field(count, 2000, 'Of the schedule "step", in steps.'),
  final: field(finite.check(z.gte(0)), 1e-5, 'Of the schedule "cosine": the learning rate of the last step.'),
});

const from = z.strictObject({
  file: field(z.nullable(text), null, 'A model file; --from sets it.'),
  pretrained: field(z.nullable(z.enum(pretrainedNames)), null, 'A published network; --pretrained sets it.'),
  digest: field(
    z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
    null,
    'The SHA-256 of its weights, by which a run that is resumed knows them again; capsnet train fills it in.',
  ),
});

export const trainingSchema = z.strictObject({
  epochs: field(count.check(z.lte(1_000_000)), 30, 'Passes through the training images.'),
  batchSize: field(count.check(z.lte(65536)), 128, 'Images in a step.'),
  accumulate: field(
    count.check(z.lte(65536)),
    1,
    'In how many parts a batch is computed, one after the other, when it does not fit into memory: the step is the same.',
  ),
  from: section(from, 'The trained network whose weights the training starts from, where they fit.'),
  learningRate: section(learningRate, 'The learning rate of each step.'),
  averageDecay: field(
    z.nullable(positive.check(z.lte(0.999999))),
    null,
    'Validate, and finally keep, a moving average of the weights with this decay; null for the weights themselves.',
  ),
  clipNorm: field(z.nullable(positive), null, 'Largest global norm of the gradients; null for no clipping.'),
  patience: field(z.nullable(count), 20, 'Stop after n validations without a lower loss; null for never.'),
  validationsPerEpoch: field(count.check(z.lte(1000)), 2, 'Validations in an epoch, evenly spread.'),
  checkpointEvery: field(
    z.nullable(count),
    null,
    'In steps, besides the checkpoints after every epoch and every best validation; null for none.',
  ),
  keepCheckpoints: field(count.check(z.lte(1000)), 2, 'The last n checkpoints are kept, and the best.'),
  histogramsEvery: field(
    count,
    100,
    'Histograms of parameters and gradients for TensorBoard: every n steps.',
  ),
  localSteps: field(
    count,
    1,
    'With `--hosts`: steps that each worker takes on its own before their weights are averaged (DiLoCo); 1 averages gradients in every step.',
  ),
  seed: field(seed, 1, 'Of the order of the images, of their augmentation, and of the validation split.'),
});

/** The configuration of a run: keys, checks, defaults and what they mean; the network's are of `@capsnet/core`. */
export const runSchema = z.strictObject({
  model: section(networkSchema, 'The network.'),
  data: section(dataSchema, 'The images.'),
  training: section(trainingSchema, 'The training.'),
  backend: field(z.nullable(text), null, 'A backend of `capsnet info`; null takes the fastest there is.'),
});

/** The resolved configuration of a run: every value stands in it. */
export type RunConfig = DeepReadonly<z.output<typeof runSchema>>;
/** Of a run that trains a capsule network. */
export type CapsNetRunConfig = RunConfig & { readonly model: CapsNetConfig };
/** Of a run that trains a network without capsules. */
export type CnnRunConfig = RunConfig & { readonly model: CnnConfig };
