import { around, digitsOf, linesOf } from './arrange';
import { type Component, components } from './components';
import { type Contrast, contrastOf, type InkTone, leastContrast } from './find-ink';
import type { Box, GrayImage } from './gray-image';
import { mnistImage } from './mnist-image';
import { atLeastUsualPen } from './pen-width';

/** A digit of a picture: how a network for MNIST sees it, and where it is. */
export interface FoundDigit {
  /** [28, 28] in 0..1, 1 being ink, as {@link mnistImage} makes it. */
  readonly image: Float32Array;
  /** In parts of the picture's width and height: 0..1 from its left and top. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  /** Of the picture's lines, from the top, the one that it stands in: 0, 1, 2 ... */
  readonly line: number;
}

/** Digits in a picture at most; what falls into more parts is a printed page, or the grain of something. */
export const mostDigits = 64;

/** Of the longer side of the picture: what is smaller is a speck. */
const smallest = 0.025;
/** Of the largest part. */
const smallestPart = 0.2;
/** Of the contrast that ink has on average, what a pixel of it has at least: its edges are blurred. */
const inkShare = 0.45;

/**
 * Finds the digits of a picture: in uneven light, dark ink on paper or bright ink on a board, in lines from above, each from the left.
 * What touches the edge of the picture is no digit, if there is anything else: a table below the paper, a ruled line.
 *
 * @param tone of the ink; found when not given
 */
export function findDigits(picture: GrayImage, tone?: InkTone): FoundDigit[] {
  const { width, height } = picture;
  const contrast = contrastOf(picture, tone);
  const least = Math.max(leastContrast, 5 * contrast.noise);
  const parts = inside(components(contrast, inkContrast(contrast, least)), contrast);
  const largest = Math.max(...parts.map(sideOf));
  const kept = parts.filter(part => sideOf(part) >= smallestPart * largest);
  if (kept.length > mostDigits) return [];
  const digits = digitsOf(kept).map(digit => ({ parts: digit, box: around(digit) }));
  return linesOf(digits, ({ box }) => box).flatMap((inLine, line) =>
    inLine.flatMap(({ parts, box }) => {
      const image = mnistImage(atLeastUsualPen(inkOf(parts, box, width)));
      const { left, top, right, bottom } = box;
      const place = {
        left: left / width,
        top: top / height,
        width: (right - left) / width,
        height: (bottom - top) / height,
      };
      return image ? [{ image, box: place, line }] : [];
    }),
  );
}

const sideOf = ({ left, top, right, bottom }: Box) => Math.max(right - left, bottom - top);

/** Components that may be ink: no specks, and nothing at the edge unless all is. */
function inside(found: readonly Component[], { width, height }: GrayImage): Component[] {
  const visible = found.filter(part => sideOf(part) >= Math.max(4, smallest * Math.max(width, height)));
  const apart = visible.filter(
    ({ left, top, right, bottom }) => left > 0 && top > 0 && right < width && bottom < height,
  );
  return apart.length > 0 ? apart : visible;
}

/** The contrast of a pixel of ink at least, as two classes tell it (Otsu): ink, and what else stands out, as its edges and those of shadows. */
function inkContrast(contrast: Contrast, least: number): number {
  const values = inside(components(contrast, least), contrast)
    .flatMap(({ pixels }) => pixels.map(at => contrast.data[at]!))
    .sort((a, b) => a - b);
  const total = values.reduce((sum, value) => sum + value, 0);
  let [below, best, upper] = [0, -1, 0];
  for (const [count, value] of values.entries()) {
    const [mean, others] = [(total - below) / (values.length - count), count === 0 ? 0 : below / count];
    const between = count * (values.length - count) * (mean - others) ** 2;
    if (between > best) [best, upper] = [between, mean];
    below += value;
  }
  return Math.max(least, inkShare * upper);
}

function inkOf(
  parts: readonly Component[],
  { left, top, right, bottom }: Box,
  pictureWidth: number,
): GrayImage {
  const width = right - left;
  const data = new Float32Array(width * (bottom - top));
  for (const { pixels } of parts)
    for (const at of pixels)
      data[(Math.floor(at / pictureWidth) - top) * width + (at % pictureWidth) - left] = 1;
  return { data, width, height: bottom - top };
}
