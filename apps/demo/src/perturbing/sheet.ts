import type { Sheet } from '../network/worker/inference';

/** Of a pixel of the network's, in the picture. */
const scale = 2;
const gap = 4;
/** At the left, for the numbers of the rows. */
const margin = 28;
const side = 28;

/** The paper's figure 4 as a picture: a row for each dimension of the capsule, a column for each offset. */
export function drawSheet(canvas: HTMLCanvasElement, { images, offsets }: Sheet): void {
  const columns = offsets.length;
  const rows = images.length / (columns * side * side);
  canvas.width = margin + columns * (scale * side + gap) + gap;
  canvas.height = rows * (scale * side + gap) + gap;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#555';
  context.font = '16px sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let row = 0; row < rows; row++)
    context.fillText(String(row + 1), margin - 4, gap + (row + 0.5) * (scale * side + gap));
  const tile = new OffscreenCanvas(side, side);
  const pen = tile.getContext('2d')!;
  const picture = pen.createImageData(side, side);
  for (let at = 0; at < rows * columns; at++) {
    images.subarray(at * side * side, (at + 1) * side * side).forEach((value, pixel) => {
      // White ink on black, as MNIST and the command line have it.
      picture.data.set([255 * value, 255 * value, 255 * value, 255], 4 * pixel);
    });
    pen.putImageData(picture, 0, 0);
    const left = margin + gap + (at % columns) * (scale * side + gap);
    const top = gap + Math.floor(at / columns) * (scale * side + gap);
    context.drawImage(tile, left, top, scale * side, scale * side);
  }
}
