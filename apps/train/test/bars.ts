import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { PNG } from 'pngjs';
import { set } from './command-line';

/** Images of 12x12 pixels in three classes: a bar across, a bar down, or both, somewhere, on a noisy ground. */
const size = 12;

/** Writes the data set as a folder of IDX files. */
export function writeBars(folder: string, { train = 320, test = 96 } = {}): string {
  mkdirSync(folder, { recursive: true });
  const random = linearCongruential(1);
  for (const [part, count] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const images = Buffer.concat(Array.from({ length: count }, (_, index) => bar(index % 3, random)));
    const labels = Buffer.from(Array.from({ length: count }, (_, index) => index % 3));
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, size, size], images));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
  return folder;
}

/** A picture of a class as a PNG, bright on black or dark on white. */
export function writeBarPng(file: string, label: number, { dark = false, seed = 7 } = {}): string {
  const pixels = bar(label, linearCongruential(seed));
  const picture = new PNG({ width: size, height: size });
  pixels.forEach((value, index) => {
    const gray = dark ? 255 - value : value;
    picture.data.set([gray, gray, gray, 255], 4 * index);
  });
  writeFileSync(file, PNG.sync.write(picture));
  return file;
}

export function idx(shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((length, axis) => {
    header.writeUInt32BE(length, 4 + 4 * axis);
  });
  return Buffer.concat([header, bytes]);
}

function bar(label: number, random: () => number): Uint8Array {
  const image = Uint8Array.from({ length: size * size }, () => 30 * random());
  const [row, column] = [2 + Math.floor(8 * random()), 2 + Math.floor(8 * random())];
  for (let i = 2; i < size - 2; i++) {
    if (label !== 1) image[row * size + i] = 255;
    if (label !== 0) image[i * size + column] = 255;
  }
  return image;
}

/** A network for them that learns them in seconds on any backend. */
export const barsSettings = {
  model: {
    convolutions: [{ filters: 8, kernelSize: 3 }],
    primary: { channels: 2, dim: 4, kernelSize: 3 },
    classDim: 4,
    decoder: { hidden: [16] },
  },
};

/** The same as arguments. */
export const barsModel = set(
  'model.convolutions=[{"filters":8,"kernelSize":3}]',
  'model.primary.channels=2',
  'model.primary.dim=4',
  'model.primary.kernelSize=3',
  'model.classDim=4',
  'model.decoder.hidden=[16]',
);
