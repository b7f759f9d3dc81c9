import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ImageSets } from '../data-sets/data-set';

/** A SHA-256 as files of runs hold it. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The SHA-256 of the images and labels of each part, in hexadecimal: whatever files they came from. */
export interface DataDigests {
  readonly train: string;
  readonly test: string;
}

/** Computed once for the same sets: an experiment asks for each of its runs. */
export function digestsOf(sets: ImageSets): DataDigests {
  const known = computed.get(sets);
  if (known) return known;
  const digests = { train: digestOf(sets.train), test: digestOf(sets.test) };
  computed.set(sets, digests);
  return digests;
}

const computed = new WeakMap<ImageSets, DataDigests>();

/** Labels of any width count alike: QMNIST has those of MNIST in four bytes each. */
function digestOf({ shape, data, labels }: ImageSets['train']): string {
  return createHash('sha256')
    .update(`${shape.join('x')}\n`)
    .update(data)
    .update(Buffer.from(Int32Array.from(labels).buffer))
    .digest('hex');
}
