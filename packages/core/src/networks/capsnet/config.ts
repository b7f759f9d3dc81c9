import * as z from 'zod/mini';
import { squashNames } from '../../capsules/squashes';
import {
  type DeepReadonly,
  field,
  finite,
  kindByDefault,
  positive,
  required,
  section,
  seed,
  size,
} from '../../configuration/fields';
import { classLossSchema } from '../../losses/class-losses';
import { routingSchema } from '../../routing/routings';
import { imageSection } from '../image';
import { startNames } from './initial-weights';

const convolution = z.strictObject({
  filters: required(size, 'Number of filters.'),
  kernelSize: required(size, 'Height and width of the kernel.'),
  strides: field(size, 1, 'Strides, vertical and horizontal.'),
  batchNorm: field(z.boolean(), false, 'Batch normalisation after the ReLU, as in Efficient-CapsNet.'),
});

const primary = z.strictObject({
  channels: field(size, 32, 'Capsules at each place.'),
  dim: field(size, 8, 'Size of each.'),
  kernelSize: field(size, 9, 'Height and width of the kernel.'),
  strides: field(size, 2, 'Strides, vertical and horizontal.'),
  gain: field(finite, 1, "Factor of the convolution before its bias; 1/32 in the authors' code."),
  depthwise: field(
    z.boolean(),
    false,
    'Each feature sees its own one of as many channels below, as in Efficient-CapsNet, or all of them.',
  ),
  squash: field(z.enum(squashNames), 'paper', "The paper's squash, or Efficient-CapsNet's, exponential one."),
  method: field(
    z.enum(['auto', 'direct', 'bilinear']),
    'auto',
    'The formulation of the convolution; it changes time and memory only.',
  ),
});

const hidden = z.strictObject({
  capsules: required(size, 'Capsules of the layer; of a convolutional one, at each place.'),
  dim: required(size, 'Size of each.'),
  kernelSize: field(
    z.nullable(size),
    null,
    'Of a convolutional capsule layer: the side of the window that each place hears; null for a layer that hears all.',
  ),
  strides: field(size, 1, 'Of a convolutional capsule layer.'),
});

const decoder = z.strictObject({
  hidden: field(z.array(size), [512, 1024], 'Units of the ReLU layers before the sigmoid one.'),
  maskBy: field(
    z.enum(['label', 'prediction']),
    'label',
    "Which capsule the decoder sees in training: the label's (the paper) or the most active (labml).",
  ),
  weight: field(finite.check(z.gte(0)), 0.0005, 'Factor of the reconstruction loss.'),
  reduction: field(
    z.enum(['sum', 'mean']),
    'sum',
    'Squared errors are summed over each image (the paper) or averaged over it (labml).',
  ),
  target: field(
    z.enum(['image', 'normalised']),
    'image',
    'What is reconstructed: the image in 0..1 (the paper) or the normalised one that the network sees (labml).',
  ),
});

const initializer = z.strictObject({
  convolution: field(
    z.enum(startNames),
    'fanIn',
    'How convolutions and decoder start: "fanIn", uniform within 1/sqrt(fan-in), as PyTorch; "authors", truncated normal ' +
      '0.05 (first) and 0.1, biases 0.1; "heNormal", as Keras\' he_normal, in Efficient-CapsNet.',
  ),
  routing: section(
    z.strictObject({
      distribution: field(
        z.enum(['truncatedNormal', 'normal']),
        'truncatedNormal',
        'How the transformations that make votes start; labml has a standard normal.',
      ),
      standardDeviation: field(positive, 0.1, 'Its standard deviation.'),
    }),
    'How the transformations that make votes start.',
  ),
});

/**
 * The schema of a capsule network's configuration: its keys, checks, defaults and what they mean. Types, the command line's
 * options and help, and the documentation are made of it.
 */
export const capsNetSchema = z.strictObject({
  kind: kindByDefault('capsnet', 'The kind of network: a capsule network, or one without capsules ("cnn").'),
  image: imageSection,
  classes: field(size, 10, 'Number of classes.'),
  convolutions: field(
    z.array(convolution),
    [{ filters: 256, kernelSize: 9, strides: 1, batchNorm: false }],
    'ReLU convolutions (valid padding) before the primary capsules.',
  ),
  primary: section(primary, 'The convolution whose channels are taken as capsules.'),
  hidden: field(z.array(hidden), [], 'Routed capsule layers between the primary and the class capsules.'),
  classDim: field(size, 16, 'Size of a class capsule.'),
  routing: section(routingSchema, 'How capsules find their parents.'),
  decoder: section(z.nullable(decoder), 'The decoder of reconstruction; null for a network without one.'),
  loss: section(classLossSchema, 'What teaches the class capsules.'),
  initializer: section(initializer, 'How weights start.'),
  seed: field(seed, 1, 'Seed of the initial weights.'),
});

/**
 * A capsule network, as data. Every part of the paper's network, of labml's variant, of Efficient-CapsNet and of matrix
 * capsules is an option here; nothing is tied to MNIST: image size, channels, classes, capsule sizes and iterations are free.
 * `configurationKeys(networkSchema)` lists all keys with their defaults and meanings, and so does a page of the tutorial.
 */
export type CapsNetConfig = DeepReadonly<z.output<typeof capsNetSchema>>;

/** A part of it: the rest is as in the paper's network. */
export type CapsNetOptions = DeepReadonly<z.input<typeof capsNetSchema>>;
