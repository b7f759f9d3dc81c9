import { PNG } from 'pngjs';
import { type Colour, colourAt } from './encode-png';
import type { Image } from './image';
import { drawText, letterHeight } from './letters';

/** An image with two lines below it. */
export interface LabelledTile {
  readonly image: Image;
  readonly lines: readonly [string, string];
}

const [columns, gap, lineGap, textScale] = [8, 12, 4, 2];
/** Room for a few words below an image. */
const narrowest = 116;
const smallest = 84;
const colours: readonly [Colour, Colour] = [
  [31, 36, 48],
  [194, 65, 12],
];

/** A PNG of images of one size, eight in a row, below each what it is and what it was taken for. */
export function drawMistakes(tiles: readonly LabelledTile[]): Buffer {
  const { height, width } = tiles[0]!.image;
  const scale = Math.max(1, Math.round(smallest / Math.max(height, width)));
  const across = Math.max(width * scale, narrowest);
  const down = height * scale + 2 * (lineGap + letterHeight * textScale);
  const rows = Math.ceil(tiles.length / columns);
  const inRow = Math.min(columns, tiles.length);
  const picture = new PNG({
    width: inRow * (across + gap) + gap,
    height: rows * (down + gap) + gap,
    colorType: 2,
  });
  picture.data.fill(255);
  for (const [index, { image, lines }] of tiles.entries()) {
    const left = gap + (index % columns) * (across + gap);
    const top = gap + Math.floor(index / columns) * (down + gap);
    drawImage(picture, image, { left, top, scale });
    for (const [line, text] of lines.entries()) {
      const below = top + height * scale + lineGap + line * (letterHeight * textScale + lineGap);
      drawText(picture, text, {
        left,
        top: below,
        width: across,
        scale: textScale,
        colour: colours[line]!,
      });
    }
  }
  return PNG.sync.write(picture, { colorType: 2 });
}

function drawImage(
  picture: PNG,
  image: Image,
  { left, top, scale }: { readonly left: number; readonly top: number; readonly scale: number },
): void {
  for (let y = 0; y < image.height * scale; y++) {
    for (let x = 0; x < image.width * scale; x++) {
      const [r, g, b] = colourAt(image, Math.floor(y / scale), Math.floor(x / scale));
      picture.data.set([r, g, b, 255], 4 * ((top + y) * picture.width + left + x));
    }
  }
}
