import { pickBackend } from '@capsnet/backend';
import type { CapsNet } from '@capsnet/core';
import { decodeQuantised } from '@capsnet/pretrained/quantised';
import * as tf from '@tensorflow/tfjs-core';
import type { Images } from './images';

/** What a network makes of images. */
export interface Readings {
  /** [images, classes], the lengths of the class capsules. */
  readonly lengths: Float32Array;
  readonly classes: number;
  /** Of each image its classes, in ascending order: one, or two of MultiMNIST. */
  readonly labels: readonly (readonly number[])[];
  /** Mean per image. */
  readonly loss: number;
}

/** Runs a network over all images. */
export async function read(network: CapsNet, { count, batches }: Images): Promise<Readings> {
  const { classes } = network.config;
  const lengths = new Float32Array(count * classes);
  const labels: number[][] = [];
  let loss = 0;
  const source = batches();
  while (labels.length < count) {
    const batch = source.next();
    const rows = tf.tidy(() => ({
      lengths: network.scores(batch.images),
      loss: network.evaluate(batch).loss!,
    }));
    lengths.set((await rows.lengths.data()).subarray(0, batch.count * classes), labels.length * classes);
    for (const value of (await rows.loss.data()).subarray(0, batch.count)) loss += value;
    const [, perImage = 1] = batch.labels.shape;
    const all = await batch.labels.data();
    for (let row = 0; row < batch.count; row++)
      labels.push([...all.slice(row * perImage, (row + 1) * perImage)].sort((a, b) => a - b));
    tf.dispose(rows);
    batch.dispose();
  }
  return { lengths, classes, labels, loss: loss / count };
}

/** Runs quantised files over images, on a backend that is picked for it. */
export async function readOn(
  backend: 'native' | 'wasm',
  files: { readonly weights: Uint8Array; readonly decoder: Uint8Array | null },
  images: readonly Images[],
): Promise<Readings[]> {
  await pickBackend({ only: backend });
  const network = decodeQuantised(files);
  const readings: Readings[] = [];
  for (const each of images) readings.push(await read(network, each));
  network.dispose();
  return readings;
}

/**
 * The longest capsules of each image, as many as it has labels, in ascending order, and by how much the shortest of them is
 * longer than the next.
 */
export function predictions({ lengths, classes, labels }: Readings): { read: string; lead: number }[] {
  return labels.map(({ length: count }, image) => {
    const row = lengths.subarray(image * classes, (image + 1) * classes);
    const longest = [...row.keys()].sort((a, b) => row[b]! - row[a]!);
    return {
      read: longest
        .slice(0, count)
        .sort((a, b) => a - b)
        .join(),
      lead: row[longest[count - 1]!]! - row[longest[count]!]!,
    };
  });
}

/** The fraction of images that are misread: of two labels, both must be right. */
export function errorOf(readings: Readings): number {
  const { labels } = readings;
  const wrong = predictions(readings).filter(({ read }, image) => read !== labels[image]!.join());
  return wrong.length / labels.length;
}

/** How many predictions of two readings of the same images are alike. */
export function agreement(a: Readings, b: Readings): number {
  const others = predictions(b);
  return predictions(a).filter(({ read }, image) => read === others[image]!.read).length;
}

/** Capsules that differ by less may change places from backend to backend, by the order of additions alone. */
const decidedLead = 1e-3;

/** Of the images that one backend reads without doubt, those that another reads alike. */
export function agreementOfBackends(one: Readings, other: Readings): { decided: number; agree: number } {
  const others = predictions(other);
  const decided = predictions(one)
    .map(({ read, lead }, image) => ({ lead, isSame: read === others[image]!.read }))
    .filter(({ lead }) => lead > decidedLead);
  return { decided: decided.length, agree: decided.filter(({ isSame }) => isSame).length };
}
