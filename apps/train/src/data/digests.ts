import { createHash } from 'node:crypto';
import type { ImageSets } from '../data-sets/data-set';

/** The SHA-256 of the images and labels of each part, in hexadecimal: whatever files they came from. */
export interface DataDigests {
  readonly train: string;
  readonly test: string;
}

export function digestsOf({ train, test }: ImageSets): DataDigests {
  return { train: digestOf(train), test: digestOf(test) };
}

/** Labels of any width count alike: QMNIST has those of MNIST in four bytes each. */
function digestOf({ shape, data, labels }: ImageSets['train']): string {
  return createHash('sha256')
    .update(`${shape.join('x')}\n`)
    .update(data)
    .update(Buffer.from(Int32Array.from(labels).buffer))
    .digest('hex');
}
