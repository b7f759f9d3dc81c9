import * as z from 'zod/mini';
import { field, finite, positive, section, size } from '../configuration/fields';

/** The images that a network sees: size, channels, and how they are normalised. */
export type ImageFormat = Readonly<z.output<typeof imageSection>>;

/** The same as a section of a configuration, under `image` in its configuration. */
export const imageSection = section(
  z.strictObject({
    height: field(size, 28, 'Height of the images in pixels.'),
    width: field(size, 28, 'Width of the images in pixels.'),
    channels: field(size, 1, 'Channels: 1 for gray images, 3 for colour.'),
    mean: field(
      finite,
      0,
      'Images in 0..1 become (x - mean) / standardDeviation before the network sees them.',
    ),
    standardDeviation: field(positive, 1, 'What normalised images are divided by.'),
  }),
  'The images that the network sees.',
);
