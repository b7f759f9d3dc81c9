import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { type ImageSet, imageSize } from '../sets/image-set';
import { fitted } from './images-from';
import type { Fit } from './resize';

export interface ResizeSetOptions {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** `contain` keeps all of an image, with black or white at the sides; `cover` fills the size with its middle. Default `contain`. */
  readonly fit?: Fit | undefined;
}

/**
 * A set whose images have another size. Pixels become means of areas, or are interpolated.
 *
 * @throws {@link CapsnetError} `invalid-argument` for an option, {@link DataError} when the set is not well formed
 */
export function resizeSet(set: ImageSet, options: ResizeSetOptions): ImageSet {
  expectKnownOptions('resizeSet', options, ['height', 'width', 'fit']);
  const { height, width, fit = 'contain' } = options;
  for (const [name, side] of Object.entries({ height, width })) {
    if (!(Number.isInteger(side) && side > 0))
      throw new CapsnetError(
        'invalid-argument',
        `resizeSet: expected ${name} to be a positive integer, found ${show(side)}`,
      );
  }
  if (fit !== 'contain' && fit !== 'cover')
    throw new CapsnetError(
      'invalid-argument',
      `resizeSet: expected fit to be "contain" or "cover", found ${show(fit)}`,
    );
  const size = imageSize(set);
  const own = size.height * size.width * size.channels;
  const area = height * width * size.channels;
  const count = set.labels.length;
  const data = new Uint8Array(count * area);
  const image = new Float32Array(own);
  for (let index = 0; index < count; index++) {
    for (let at = 0; at < own; at++) image[at] = set.data[index * own + at]! / 255;
    const resized = fitted(image, size, { height, width }, fit);
    for (let at = 0; at < area; at++) data[index * area + at] = Math.round(255 * resized[at]!);
  }
  const [, , , ...channels] = set.shape;
  return { ...set, data, shape: [count, height, width, ...channels] };
}
