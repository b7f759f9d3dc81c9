import { PNG } from 'pngjs';
import { type Colour, colourAt } from './encode-png';
import type { Image } from './image';

export interface Tile {
  readonly image: Image;
  /** A coloured frame, for what is worth a look. */
  readonly marked?: boolean;
}

const paper: Colour = [255, 255, 255];
const accent: Colour = [194, 65, 12];

/**
 * Lays out images of one size as a PNG: groups of rows under each other, a group closer together than its neighbours.
 *
 * @param scale every pixel becomes a square of so many pixels. Default 2
 */
export function drawSheet(groups: readonly (readonly (readonly Tile[])[])[], { scale = 2 } = {}): Buffer {
  const rows = groups.flatMap((group, index) =>
    group.map((tiles, row) => ({ tiles, above: index > 0 && row === 0 ? groupGap : gap })),
  );
  const { height, width } = rows[0]!.tiles[0]!.image;
  const columns = Math.max(...rows.map(({ tiles }) => tiles.length));
  const across = columns * (width * scale + gap) + gap;
  const down = rows.reduce((sum, { above }) => sum + above + height * scale, gap);

  const picture = new PNG({ width: across, height: down, colorType: 2 });
  fill(picture, 0, 0, across, down, paper);
  let top = 0;
  for (const { tiles, above } of rows) {
    top += above;
    tiles.forEach(({ image, marked }, column) => {
      const left = gap + column * (width * scale + gap);
      if (marked)
        fill(
          picture,
          left - frame,
          top - frame,
          width * scale + 2 * frame,
          height * scale + 2 * frame,
          accent,
        );
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          fill(picture, left + x * scale, top + y * scale, scale, scale, colourAt(image, y, x));
        }
      }
    });
    top += height * scale;
  }
  return PNG.sync.write(picture, { colorType: 2 });
}

const gap = 4;
const groupGap = 14;
const frame = 3;

function fill(
  picture: PNG,
  left: number,
  top: number,
  width: number,
  height: number,
  [r, g, b]: Colour,
): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) picture.data.set([r, g, b, 255], 4 * (y * picture.width + x));
  }
}
