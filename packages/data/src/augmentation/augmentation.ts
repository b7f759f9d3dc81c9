import type { Random } from '../random/random';
import type { ImageSize } from '../sets/image-set';

/**
 * Writes a changed copy of one image: all of `to`, from `from` [height, width, channels], both 0..1. What it draws from
 * `random` depends on nothing but its own settings and earlier draws, so that a restored run draws the same.
 */
export type Augmentation = (from: Float32Array, to: Float32Array, size: ImageSize, random: Random) => void;

/** Changes one image [height, width, channels] where it is, by draws as those of an {@link Augmentation}. */
export type InPlace = (image: Float32Array, size: ImageSize, random: Random) => void;
