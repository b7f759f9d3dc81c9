import sheetUrl from './digits.png?url';

const size = 28;

/** How a digit is changed before the network sees it. */
export interface Change {
  /** In degrees, clockwise. */
  readonly rotation: number;
  /** In pixels. */
  readonly right: number;
  readonly down: number;
  /** By how many pixels strokes grow to each side. */
  readonly thickness: number;
}

export const unchanged: Change = { rotation: 0, right: 0, down: 0, thickness: 0 };

let sheet: Promise<ImageBitmap> | undefined;

/**
 * The first test image of a digit, changed.
 *
 * @returns [28, 28] in 0..1, by rows
 */
export async function changedDigit(
  digit: number,
  { rotation, right, down, thickness }: Change,
): Promise<Float32Array> {
  sheet ??= fetch(sheetUrl)
    .then(response => response.blob())
    .then(blob => createImageBitmap(blob));
  const digits = await sheet;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillRect(0, 0, size, size);
  context.globalCompositeOperation = 'lighten';
  // The brightest of the digit in the middle and on a circle around it: thicker strokes.
  const places = thickness > 0 ? [0, 1, 2, 3, 4, 5, 6, 7].map(k => (k * Math.PI) / 4) : [];
  for (const [dx, dy] of [[0, 0], ...places.map(a => [thickness * Math.cos(a), thickness * Math.sin(a)])]) {
    context.setTransform(1, 0, 0, 1, size / 2 + right + dx!, size / 2 + down + dy!);
    context.rotate((rotation * Math.PI) / 180);
    context.drawImage(digits, digit * size, 0, size, size, -size / 2, -size / 2, size, size);
  }
  const { data } = context.getImageData(0, 0, size, size);
  return Float32Array.from({ length: size * size }, (_, p) => data[4 * p]! / 255);
}
