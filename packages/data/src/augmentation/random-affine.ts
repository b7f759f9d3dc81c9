import { chance, type Random, uniform, uniformInt } from '../random/random';
import { type Affine, resample } from './affine';
import type { Augmentation } from './augmentation';

/** How far an affine change may go; see `AugmentationOptions`. */
export interface AffineLimits {
  readonly shift: number;
  readonly rotation: number;
  readonly rotationProbability: number;
  readonly scale: number;
  readonly squeeze: number;
  readonly shear: number;
}

/** Shifts by whole pixels, rotates, shears and scales, all in one resampling. */
export function randomAffine(limits: AffineLimits): Augmentation {
  return (from, to, size, random) => resample(from, to, size, drawAffine(limits, random));
}

/** Draws everything, also what is not wanted: then the numbers drawn do not depend on the limits. */
export function drawAffine(limits: AffineLimits, random: Random): Affine {
  const down = uniformInt(random, -limits.shift, limits.shift);
  const right = uniformInt(random, -limits.shift, limits.shift);
  const rotated = chance(random, limits.rotationProbability);
  const angle = uniform(random, -limits.rotation, limits.rotation);
  const shear = uniform(random, -limits.shear, limits.shear);
  const squeeze = uniform(random, 1 - limits.squeeze, 1);
  const scaleX = uniform(random, 1 - limits.scale, 1 + limits.scale);
  const scaleY = uniform(random, 1 - limits.scale, 1 + limits.scale);
  return {
    rotation: rotated ? angle : 0,
    shear,
    scale: [scaleX * squeeze, scaleY],
    shift: [right, down],
  };
}
