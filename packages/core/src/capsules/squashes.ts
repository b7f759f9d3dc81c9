import { exponentialSquash } from './exponential-squash';
import { squash } from './squash';

/** The squashes by the names that configurations have for them. A new one is a file here and a line in this table. */
export const squashes = { paper: squash, exponential: exponentialSquash } as const;

export type SquashName = keyof typeof squashes;
export const squashNames = Object.keys(squashes) as [SquashName, ...SquashName[]];
