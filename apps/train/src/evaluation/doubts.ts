import { doubtAbout } from '@capsnet/data/node';
import type { Usual } from '../models/open-model';
import type { Image } from '../pictures/image';

/** Why what a network says of a picture may be wrong. */
export const notes = [
  'no-digit',
  'no-contrast',
  'low-contrast',
  'bright-border',
  'inverted-bright-border',
  'unsure',
] as const;

export type Note = (typeof notes)[number];

/**
 * Where nobody knows what is usual. The losses teach the score of a class that is there to be 0.9 and above, and else 0.1 and
 * below.
 */
export const halfWay: Usual = { score: 0.5 };

export interface HowRead {
  readonly usual: Usual;
  /** Whether the picture was dark ink on white paper, and has been inverted. */
  readonly invert: boolean;
  /** Whether the network has learnt bright ink on black; of other pictures nobody knows how bright they are, and where. */
  readonly areDigits: boolean;
}

/** What a network has found in an image. */
export interface Found {
  /** The most active classes. */
  readonly classes: readonly number[];
  /** Of each class: the length of its capsule, or its probability. */
  readonly scores: ArrayLike<number>;
  /** Undefined without a decoder. */
  readonly reconstructionError?: number | undefined;
}

export function notesOn(image: Image, found: Found, { usual, invert, areDigits }: HowRead): Note[] {
  const any = doubtAbout(image.pixels, image);
  const doubt = areDigits || any === 'no-contrast' ? any : undefined;
  const about: Note[] = [];
  if (doubt) about.push(invert && doubt === 'bright-border' ? 'inverted-bright-border' : doubt);
  if (isUnsure(found, usual)) about.push('unsure');
  return about;
}

/** Whether a network has hardly ever seen such an image: its class is less active, or it can be drawn less well, than usual. */
export function isUnsure(found: Found, usual: Usual): boolean {
  return isWeak(found, usual) || isUnlike(found, usual);
}

export function isWeak({ classes, scores }: Found, { score }: Usual): boolean {
  return classes.some(label => scores[label]! < score);
}

export function isUnlike({ reconstructionError: error = 0 }: Found, usual: Usual): boolean {
  return error > (usual.reconstructionError ?? Number.POSITIVE_INFINITY);
}
