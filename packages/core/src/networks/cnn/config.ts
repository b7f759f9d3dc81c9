import * as z from 'zod/mini';
import { type DeepReadonly, field, finite, required, seed, size } from '../../configuration/fields';
import { imageSection } from '../image';

const convolution = z.strictObject({
  filters: required(size, 'Number of filters.'),
  kernelSize: required(size, 'Height and width of the kernel.'),
  strides: field(size, 1, 'Strides, vertical and horizontal.'),
  pool: field(size, 1, 'The largest of n x n values goes on; 1 for all of them.'),
});

/** The schema of a network without capsules: its keys, checks, defaults and what they mean. */
export const cnnSchema = z.strictObject({
  kind: required(z.literal('cnn'), 'A network without capsules.'),
  image: imageSection,
  classes: field(size, 10, 'Number of classes.'),
  convolutions: field(
    z.array(convolution),
    [
      { filters: 32, kernelSize: 5, strides: 1, pool: 2 },
      { filters: 64, kernelSize: 5, strides: 1, pool: 2 },
    ],
    'ReLU convolutions, whose output is as large as their input (same padding) over the strides.',
  ),
  dense: field(z.array(size), [2592], 'Units of the ReLU layers before the one of the classes.'),
  dropout: field(
    finite.check(z.gte(0), z.lt(1)),
    0.5,
    'The share of the last of those that is dropped in training.',
  ),
  seed: field(seed, 1, 'Seed of the initial weights and of dropout.'),
});

/** A convolutional network without capsules, as data: what capsule networks are compared with. */
export type CnnConfig = DeepReadonly<z.output<typeof cnnSchema>>;

/** A part of it: the rest is as in the small network, {@link smallCnnConfig}. */
export type CnnOptions = DeepReadonly<Omit<z.input<typeof cnnSchema>, 'kind'>> & { readonly kind?: 'cnn' };
