import { pickBackend } from '@capsnet/backend';
import type { CapsNet } from '@capsnet/core';
import type { BatchSource } from '@capsnet/mnist/node';
import type { ModelCard } from '@capsnet/pretrained';
import { decodeQuantised } from '@capsnet/pretrained/quantised';
import { evaluateRows } from '@capsnet/trainer';
import type { Batch } from '../../../apps/train/src/data/batches';
import { evaluateOn } from '../../../apps/train/src/evaluation/evaluation';
import { measureUsual } from '../../../apps/train/src/evaluation/usual';
import { batchSize, type Images } from './images';

/** How a network classifies images. */
export interface Predictions {
  /** Of each image, the lengths of the class capsules. */
  readonly lengths: readonly (readonly number[])[];
  /** Digits in an image: 2 of MultiMNIST. */
  readonly digits: number;
  /** The fraction of images that are misclassified: of two digits, both must be right. */
  readonly error: number;
  /** Mean per image. */
  readonly loss: number;
}

/** Error and loss are those of `capsnet evaluate`. */
export async function predict(network: CapsNet, { subset, config }: Images): Promise<Predictions> {
  const { error, loss, scored } = await evaluateOn(network, subset, config, batchSize);
  return { lengths: rowsOf(scored.scores, scored.classes), digits: scored.digits, error, loss };
}

/** What is usual of these images, to four digits after the point. */
export async function usualOn(
  network: CapsNet,
  { subset, config }: Images,
): Promise<Pick<ModelCard['validation'], 'usualScore' | 'usualReconstructionError'>> {
  const usual = await measureUsual(network, subset, config, batchSize);
  if (!usual) throw new Error('expected a network that classifies an image correctly, found none');
  const { score, reconstructionError } = usual;
  return {
    usualScore: Number(score.toFixed(4)),
    ...(reconstructionError !== undefined && {
      usualReconstructionError: Number(reconstructionError.toFixed(4)),
    }),
  };
}

/** Of each image, the lengths of the class capsules. */
export async function lengthsOf(network: CapsNet, source: BatchSource<Batch>): Promise<number[][]> {
  const lengths: number[][] = [];
  const capsules = { evaluate: ({ images }: Batch) => ({ lengths: network.scores(images) }) };
  for await (const { rows } of evaluateRows(capsules, source)) {
    lengths.push(...rowsOf(rows.lengths!, network.config.classes));
  }
  return lengths;
}

function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}

/** Runs quantised files on a backend that is picked for it. */
export async function runOn<T>(
  backend: 'native' | 'wasm',
  files: { readonly weights: Uint8Array; readonly decoder: Uint8Array | null },
  run: (network: CapsNet) => Promise<T>,
): Promise<T> {
  await pickBackend({ only: backend });
  const network = decodeQuantised(files);
  try {
    return await run(network);
  } finally {
    network.dispose();
  }
}

/**
 * The classes of the longest capsules of each image, as many as it has digits, in ascending order, and by how much the
 * shortest of these capsules is longer than the next.
 */
export function predictedClasses({
  lengths,
  digits,
}: Pick<Predictions, 'lengths' | 'digits'>): { classes: string; lead: number }[] {
  return lengths.map(row => {
    const longest = [...row.keys()].sort((a, b) => row[b]! - row[a]!);
    return {
      classes: longest
        .slice(0, digits)
        .sort((a, b) => a - b)
        .join(),
      lead: row[longest[digits - 1]!]! - row[longest[digits]!]!,
    };
  });
}

type Compared = Parameters<typeof predictedClasses>[0];

/** How many of the same images are given the same classes. */
export function agreement(a: Compared, b: Compared): number {
  const others = predictedClasses(b);
  return predictedClasses(a).filter(({ classes }, image) => classes === others[image]!.classes).length;
}

/** Capsules that differ by less may change places from backend to backend, by the order of additions alone. */
const decidedLead = 1e-3;

/** Of the images that one backend classifies without doubt, those that another classifies alike. */
export function agreementOfBackends(one: Compared, other: Compared): { decided: number; agree: number } {
  const others = predictedClasses(other);
  const decided = predictedClasses(one)
    .map(({ classes, lead }, image) => ({ lead, isSame: classes === others[image]!.classes }))
    .filter(({ lead }) => lead > decidedLead);
  return { decided: decided.length, agree: decided.filter(({ isSame }) => isSame).length };
}
