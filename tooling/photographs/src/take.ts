import sharp from 'sharp';
import type { Draw } from './draw';
import type { Ink } from './pen';

type Colour = readonly [red: number, green: number, blue: number];

/** A picture as it comes out of a camera: [height, width, 3] in bytes. */
export interface Photograph {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export interface Paper {
  /** How uneven it is; a sheet of a copier has 1. */
  readonly texture: number;
  /** How deep the shadow that falls on it is at least, 0..1. */
  readonly shadow: number;
}

const papers: readonly Colour[] = [
  [246, 244, 238],
  [238, 232, 214],
  [226, 228, 230],
  [214, 196, 164],
  [250, 250, 250],
];
const inks: readonly Colour[] = [
  [28, 30, 34],
  [32, 48, 128],
  [92, 92, 96],
  [150, 32, 36],
  [12, 72, 60],
];
const boards: readonly Colour[] = [
  [38, 62, 52],
  [44, 46, 50],
];
const chalks: readonly Colour[] = [
  [232, 232, 226],
  [240, 226, 150],
];

/** The number of noise values that are drawn; they are used again in another order, which nobody sees. */
const [noiseValues, noiseStep] = [9973, 389];

/** Takes a photograph of a page: from aslant, in uneven light, a little out of focus, with the noise of a small camera. */
export async function take(ink: Ink, { texture, shadow }: Paper, random: Draw): Promise<Photograph> {
  const { width, height } = ink;
  const isBoard = random.chance(0.15);
  const [paper, pen] = isBoard
    ? [random.one(boards), random.one(chalks)]
    : [random.one(papers), random.one(inks)];
  const opaque = random.between(0.75, 1);
  const grain = noiseField(width, height, texture * random.between(0.02, 0.05), random);
  const place = perspective(width, height, random);
  const light = lightOf(width, height, shadow, random);
  const page = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = place(x + 0.5, y + 0.5);
      const covered = opaque * sample(ink.covered, width, height, u - 0.5, v - 0.5);
      const lit = light(x, y) * (1 + sample(grain, width, height, u - 0.5, v - 0.5));
      for (let c = 0; c < 3; c++)
        page[(y * width + x) * 3 + c] = lit * (paper[c]! + (pen[c]! - paper[c]!) * covered);
    }
  }
  const seen = await sharp(page, { raw: { width, height, channels: 3 } })
    .blur(random.between(0.5, 1.7))
    .raw()
    .toBuffer();
  const noise = random.between(1.5, 6);
  const values = Float32Array.from({ length: noiseValues }, () => random.normal(noise));
  const data = Uint8ClampedArray.from(seen, (value, at) => value + values[(at * noiseStep) % noiseValues]!);
  return { width, height, data };
}

/** Clouds and fibres: noise of several sizes. */
function noiseField(width: number, height: number, amplitude: number, random: Draw): Float32Array {
  const field = new Float32Array(width * height);
  for (const [cell, share] of [
    [90, 0.5],
    [24, 0.6],
    [5, 0.6],
  ] as const) {
    const [columns, rows] = [Math.ceil(width / cell) + 2, Math.ceil(height / cell) + 2];
    const knots = Float32Array.from({ length: columns * rows }, () => random.normal(amplitude * share));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        field[y * width + x]! += sample(knots, columns, rows, x / cell, y / cell);
  }
  return field;
}

/** From a place of the photograph to that of the page: the inverse of a view of it from aslant. */
function perspective(width: number, height: number, random: Draw) {
  const turn = random.normal(0.04);
  const [tiltX, tiltY] = [random.normal(0.1), random.normal(0.1)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const side = Math.max(width, height);
  return (x: number, y: number): [u: number, v: number] => {
    const [right, down] = [(x - width / 2) / side, (y - height / 2) / side];
    const depth = 1 + tiltX * right + tiltY * down;
    const [u, v] = [right / depth, down / depth];
    return [width / 2 + side * (u * cos - v * sin), height / 2 + side * (u * sin + v * cos)];
  };
}

/** Brighter to one side, and the soft shadow of a hand or a telephone. */
function lightOf(width: number, height: number, least: number, random: Draw) {
  const angle = random.between(0, 2 * Math.PI);
  const [slope, bright] = [random.between(0, 0.5), random.between(0.75, 1)];
  const depth = Math.max(least, random.chance(0.5) ? random.between(0.15, 0.45) : 0);
  const edge = {
    angle: random.between(0, 2 * Math.PI),
    at: random.between(-0.3, 0.3),
    soft: random.between(0.04, 0.25),
  };
  return (x: number, y: number): number => {
    const [right, down] = [x / width - 0.5, y / height - 0.5];
    const along = right * Math.cos(angle) + down * Math.sin(angle);
    const into = (right * Math.cos(edge.angle) + down * Math.sin(edge.angle) - edge.at) / edge.soft;
    return bright * (1 - slope * (along + 0.5)) * (1 - depth / (1 + Math.exp(-4 * into)));
  };
}

/** Between four values, bilinearly; outside, the nearest. */
function sample(values: Float32Array, width: number, height: number, x: number, y: number): number {
  const [inX, inY] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  const [left, top] = [Math.min(width - 2, Math.floor(inX)), Math.min(height - 2, Math.floor(inY))];
  const [right, down] = [inX - left, inY - top];
  const at = top * width + left;
  const above = values[at]! * (1 - right) + values[at + 1]! * right;
  const below = values[at + width]! * (1 - right) + values[at + width + 1]! * right;
  return above * (1 - down) + below * down;
}
