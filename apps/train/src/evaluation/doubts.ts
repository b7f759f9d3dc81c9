import { doubtAbout } from '@capsnet/data/node';
import type { Image } from '../pictures/image';

/** Why what a network says of a picture may be wrong. */
export const notes = [
  'no-contrast',
  'low-contrast',
  'bright-border',
  'inverted-bright-border',
  'unsure',
] as const;

export type Note = (typeof notes)[number];

/**
 * What a score has to reach where nobody knows what is usual. The losses teach that of a class that is there to be 0.9 and above, and
 * else 0.1 and below.
 */
export const halfWay = 0.5;

export interface HowRead {
  /** What the scores of the classes found have to reach. */
  readonly sure: number;
  /** Whether the picture was dark ink on white paper, and has been inverted. */
  readonly invert: boolean;
  /** Whether the network has learnt bright ink on black; of other pictures nobody knows how bright they are, and where. */
  readonly areDigits: boolean;
}

/**
 * @param found the most active classes
 * @param scores of each class: the length of its capsule, or its probability
 */
export function notesOn(
  image: Image,
  found: readonly number[],
  scores: ArrayLike<number>,
  { sure, invert, areDigits }: HowRead,
): Note[] {
  const any = doubtAbout(image.pixels, image);
  const doubt = areDigits || any === 'no-contrast' ? any : undefined;
  const about: Note[] = [];
  if (doubt) about.push(invert && doubt === 'bright-border' ? 'inverted-bright-border' : doubt);
  if (found.some(label => scores[label]! < sure)) about.push('unsure');
  return about;
}
