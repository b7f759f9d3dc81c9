import type { CapsNetConfig, CnnConfig } from '@capsnet/core';
import { z } from 'zod';

const size = z.int().min(1);
/** Above every image, filter and layer of this field; below what would exhaust the memory before anyone could say why. */
const moderate = size.max(65536);
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const image = z.strictObject({
  height: moderate,
  width: moderate,
  channels: moderate,
  mean: z.number(),
  deviation: positive,
});

const capsules = z.strictObject({
  image,
  classes: moderate.min(2),
  convolutions: z.array(
    z.strictObject({
      filters: moderate,
      kernel: moderate,
      stride: moderate,
      batchNorm: z.boolean().exactOptional(),
    }),
  ),
  primary: z.strictObject({
    channels: moderate,
    dim: moderate,
    kernel: moderate,
    stride: moderate,
    gain: z.number(),
    depthwise: z.boolean().exactOptional(),
    squash: z.enum(['paper', 'exponential']).exactOptional(),
  }),
  hidden: z.array(z.strictObject({ capsules: moderate, dim: moderate })),
  classDim: moderate,
  routing: z.strictObject({
    type: z.enum(['dynamic', 'self-attention']).exactOptional(),
    iterations: size.max(1000),
    softmaxOver: z.enum(['out', 'in']),
    gradient: z.enum(['full', 'last']),
    bias: z.boolean(),
  }),
  decoder: z
    .strictObject({
      hidden: z.array(moderate),
      maskBy: z.enum(['label', 'prediction']),
      weight: z.number().min(0),
      reduction: z.enum(['sum', 'mean']),
      target: z.enum(['image', 'normalised']),
    })
    .nullable(),
  margin: z.strictObject({
    squared: z.boolean(),
    mPositive: fraction,
    mNegative: fraction,
    lambda: z.number().min(0),
  }),
  initializer: z.strictObject({
    convolution: z.enum(['fanIn', 'authors', 'heNormal']),
    routing: z.strictObject({ distribution: z.enum(['truncatedNormal', 'normal']), deviation: positive }),
  }),
  seed,
}) satisfies z.ZodType<CapsNetConfig>;

const cnn = z.strictObject({
  image,
  classes: moderate.min(2),
  convolutions: z.array(
    z.strictObject({ filters: moderate, kernel: moderate, stride: moderate, pool: moderate.exactOptional() }),
  ),
  dense: z.array(moderate),
  dropout: z.number().min(0).lt(1),
  seed,
}) satisfies z.ZodType<CnnConfig>;

const data = z.strictObject({
  /** A folder of IDX files; null is the MNIST that comes with this program. */
  folder: z.string().min(1).nullable(),
  /** What the names of the folder's files begin with, when it holds several sets. */
  prefix: z.string().nullable(),
  /** Digits in an image: 2 is MultiMNIST, two of different classes, each moved by itself, one over the other. */
  digits: size.max(2),
  /** The side of a black canvas, in whose middle every image lies; null for the images' own size. */
  size: moderate.nullable(),
  /** Training images are moved by up to so many pixels in each direction, zero padded. */
  shift: z.int().min(0).max(1024),
  /** Training images are turned by up to so many degrees, either way, with this probability. */
  rotation: z.number().min(0).max(180),
  rotationProbability: fraction,
  /** Width and height of training images are multiplied by factors of their own from 1 - scale to 1 + scale. */
  scale: z.number().min(0).max(0.9),
  /** The width alone of training images is multiplied by a factor from 1 - squash to 1. */
  squash: z.number().min(0).max(0.9),
  /** Training images lean by up to so many pixels to the side for each pixel down. */
  shear: fraction,
  /** The side of a square of training images that is blackened, anywhere, with this probability. */
  erase: z.int().min(0).max(1024),
  eraseProbability: fraction,
  /** Test images `plain`, or in the manner of affNIST: rotated, sheared, scaled and put anywhere on the canvas. */
  test: z.enum(['plain', 'affine']),
  /** Use at most so many images for each of training, validation and test: for a quick look. */
  limit: size.nullable(),
  /** Training images held back, on which the best weights are chosen. */
  validation: size,
  /** Train on every image: nothing is held back, and the last weights are taken. */
  all: z.boolean(),
});

const training = z.strictObject({
  epochs: size.max(1_000_000),
  batchSize: size.max(65536),
  learningRate: z.strictObject({
    /** `step` multiplies by `factor` every `every` steps; `cosine` falls to `final` in the last step. */
    schedule: z.enum(['constant', 'step', 'cosine']),
    initial: positive,
    factor: positive.max(1),
    every: size,
    final: z.number().min(0),
  }),
  /** Validate, and finally keep, a running mean of the weights with this decay; null for the weights themselves. */
  ema: fraction.max(0.999999).nullable(),
  /** Largest global norm of the gradients; null for no clipping. */
  clip: positive.nullable(),
  /** Stop after so many validations without a lower loss; null for never. */
  patience: size.nullable(),
  validationsPerEpoch: size.max(1000),
  /** In steps, besides the checkpoints after every epoch and every best validation; null for none. */
  checkpointEvery: size.nullable(),
  /** So many last checkpoints are kept, and the best. */
  keepCheckpoints: size.max(1000),
  /** Histograms of parameters and gradients for TensorBoard: every so many steps. */
  histogramsEvery: size,
  /** Of the order of the images, of their shifts, and of which are held back. */
  seed,
});

const run = {
  data,
  training,
  /** A backend of `capsnet info`; null takes the fastest there is. */
  backend: z.string().min(1).nullable(),
};

/** The resolved configuration of a run: every value stands in it. */
export const runConfigSchema = z.strictObject({ model: capsules, ...run });
/** The same for a network without capsules. */
export const cnnRunConfigSchema = z.strictObject({ model: cnn, ...run });

export type CapsNetRunConfig = z.infer<typeof runConfigSchema>;
export type CnnRunConfig = z.infer<typeof cnnRunConfigSchema>;
export type RunConfig = CapsNetRunConfig | CnnRunConfig;
