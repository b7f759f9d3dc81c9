import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import type { ImageSize } from '../sets/image-set';
import type { Augmentation, InPlace } from './augmentation';
import { randomErase } from './erase';
import { randomFlip } from './flip';
import { randomLight } from './light';
import { randomAffine } from './random-affine';
import { expectShift, randomShift } from './shift';

/** How each training image is changed, anew every time and by draws of its own, all of them uniform. Nothing unless asked. */
export interface AugmentationOptions {
  /** The largest shift in pixels, in each direction, whole. The capsule paper has 2 for MNIST. Default 0. */
  readonly shift?: number | undefined;
  /** The largest rotation in degrees, either way, 0 to 180. Default 0. */
  readonly rotation?: number | undefined;
  /** How likely an image is to be rotated. Default 1. */
  readonly rotationProbability?: number | undefined;
  /** Width and height are multiplied by factors of their own from 1 - scale to 1 + scale; 0 to 0.9. Default 0. */
  readonly scale?: number | undefined;
  /** The width alone is multiplied by a factor from 1 - squeeze to 1; 0 to 0.9. Default 0. */
  readonly squeeze?: number | undefined;
  /** The largest lean, either way: pixels to the side for each pixel down, 0 to 1. Default 0. */
  readonly shear?: number | undefined;
  /** How likely an image is to be mirrored, left for right; not for letters and digits. Default 0. */
  readonly flip?: number | undefined;
  /** The largest change of brightness, either way: what is added to each value, 0 to 1. Default 0. */
  readonly brightness?: number | undefined;
  /** Distances from the mean of an image are multiplied by a factor from 1 - contrast to 1 + contrast; 0 to 1. Default 0. */
  readonly contrast?: number | undefined;
  /** The side in pixels of a square that is set to 0, anywhere in the image. Default 0, none. */
  readonly erase?: number | undefined;
  /** How likely an image is to lose such a square. Default 1. */
  readonly eraseProbability?: number | undefined;
}

/** The names of {@link AugmentationOptions}. */
export const augmentationOptions = [
  'shift',
  'rotation',
  'rotationProbability',
  'scale',
  'squeeze',
  'shear',
  'flip',
  'brightness',
  'contrast',
  'erase',
  'eraseProbability',
] as const satisfies readonly (keyof AugmentationOptions)[];

/**
 * Shift, rotation, scale, squeeze and shear, in one resampling, then mirroring, brightness and contrast, then the erasure.
 *
 * @throws {@link CapsnetError} `invalid-argument` when an option cannot be used for images of this size
 */
export function randomAugmentation(options: AugmentationOptions, size: ImageSize): Augmentation {
  expectKnownOptions('randomAugmentation', options, augmentationOptions);
  const { shift = 0, rotation = 0, rotationProbability = 1, scale = 0, squeeze = 0, shear = 0 } = options;
  const { flip = 0, brightness = 0, contrast = 0, erase = 0, eraseProbability = 1 } = options;
  expectShift(shift, size);
  expectUpTo(180, { rotation });
  expectUpTo(0.9, { scale, squeeze });
  expectUpTo(1, { shear, rotationProbability, flip, brightness, contrast, eraseProbability });
  if (!Number.isInteger(erase) || erase < 0 || erase > Math.min(size.height, size.width)) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a square to erase of 0 to the ${size.height}x${size.width} pixels of an image, found ${show(erase)}`,
    );
  }

  const isAffine = rotation > 0 || scale > 0 || squeeze > 0 || shear > 0;
  const move = isAffine
    ? randomAffine({ shift, rotation, rotationProbability, scale, squeeze, shear })
    : randomShift(shift);
  // What is not asked for draws nothing: who asks for no more than before gets the same images as before.
  const changes: InPlace[] = [
    ...(flip > 0 ? [randomFlip(flip)] : []),
    ...(brightness > 0 || contrast > 0 ? [randomLight(brightness, contrast)] : []),
    ...(erase > 0 ? [randomErase(erase, eraseProbability)] : []),
  ];
  if (changes.length === 0) return move;
  return (from, to, size, random) => {
    move(from, to, size, random);
    for (const change of changes) change(to, size, random);
  };
}

function expectUpTo(limit: number, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= 0 && value <= limit)) {
      throw new CapsnetError(
        'invalid-argument',
        `expected "${name}" to be from 0 to ${limit}, found ${show(value)}`,
      );
    }
  }
}
