import { type GrayImage, squareMeans } from './gray-image';

/** How ink differs from its paper. */
export type InkTone = 'dark' | 'bright';

/** How much each pixel stands out from the paper around it, in the tone of the ink: the logarithm of a ratio of brightnesses. */
export interface Contrast extends GrayImage {
  readonly tone: InkTone;
  /** The standard deviation of paper, by its median. */
  readonly noise: number;
}

/** So that black, where a camera sees little but noise, has no endless logarithm. */
const floor = 0.06;

/** Of ink; what differs less is paper. The weakest pencil has about twice as much. */
export const leastContrast = 0.09;

/**
 * Tells ink from paper in uneven light: light multiplies what paper and ink reflect, so the logarithm of the picture is that of
 * the page plus something smooth, which the mean of the paper around each pixel tells. Paper is what is left when ink is left out,
 * which takes a few rounds.
 *
 * @param tone found when not given: ink is what there is less of
 */
export function contrastOf(picture: GrayImage, tone?: InkTone): Contrast {
  const { width, height } = picture;
  const side = Math.min(width, height);
  const logarithms = { width, height, data: picture.data.map(value => Math.log(value + floor)) };
  // The noise of a camera is in single pixels, and pens are wider.
  const smooth = side < 200 ? logarithms : { ...logarithms, data: squareMeans(logarithms, 1) };
  const radius = Math.max(4, Math.round(side / 6));
  const first = difference(smooth.data, squareMeans(smooth, radius));
  const sign = (tone ?? rarerTone(first)) === 'dark' ? -1 : 1;
  let contrast = first.map(value => sign * value);
  for (let round = 0; round < 4; round++) {
    const least = Math.max(leastContrast, 3 * deviationOf(contrast));
    const isPaper = contrast.map(value => (Math.abs(value) < least ? 1 : 0));
    const paper = { width, height, data: smooth.data.map((value, at) => value * isPaper[at]!) };
    const share = squareMeans({ width, height, data: isPaper }, radius);
    const around = squareMeans(paper, radius);
    const overall = sum(paper.data) / Math.max(1, sum(isPaper));
    contrast = smooth.data.map(
      (value, at) => sign * (value - (share[at]! > 0.02 ? around[at]! / share[at]! : overall)),
    );
  }
  return { width, height, data: contrast, tone: sign < 0 ? 'dark' : 'bright', noise: deviationOf(contrast) };
}

/** Ink is less than half of a picture, and far from the mean: it decides the sign of the third moment. */
function rarerTone(differences: Float32Array): InkTone {
  return differences.reduce((total, value) => total + value ** 3, 0) > 0 ? 'bright' : 'dark';
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, at) => value - b[at]!);
}

/** By the median of distances from 0, which ink hardly moves. */
function deviationOf(values: Float32Array): number {
  // A few thousand of them tell it.
  const stride = Math.max(1, Math.floor(values.length / 5000));
  const distances: number[] = [];
  for (let at = 0; at < values.length; at += stride) distances.push(Math.abs(values[at]!));
  distances.sort((a, b) => a - b);
  return 1.4826 * distances[distances.length >> 1]!;
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
