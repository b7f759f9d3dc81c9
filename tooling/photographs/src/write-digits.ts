import type { Draw } from './draw';
import { type HandName, hands, type Point, type Stroke } from './hands';
import { blankSheet, curve, draw, type Ink } from './pen';

/** A number, and who writes it. */
export interface Written {
  readonly text: string;
  readonly hand: HandName;
}

/** Writes a number somewhere on a page, each digit a little different from the last. */
export function writeDigits({ text, hand: name }: Written, width: number, height: number, random: Draw): Ink {
  const sheet = blankSheet(width, height);
  const { slant, digits } = hands[name];
  const aspect = random.between(0.58, 0.8);
  const step = aspect + random.between(0.22, 0.45);
  const room = aspect + step * (text.length - 1);
  const size = Math.min(0.72 * height, (0.82 * width) / (room + 0.2)) * random.between(0.45, 1);
  const pen = size * random.between(0.045, 0.12);
  const left = random.between(0.08 * width, 0.92 * width - room * size);
  const top = random.between(0.1 * height, 0.9 * height - size);
  const [lean, turn] = [slant + random.normal(0.05), random.normal(0.06)];
  for (const [place, digit] of [...text].entries()) {
    const own = {
      x: left + (place * step + aspect / 2) * size,
      y: top + (0.5 + random.normal(0.03)) * size,
      size: size * (1 + random.normal(0.05)),
      lean: lean + random.normal(0.04),
      turn: turn + random.normal(0.04),
    };
    for (const stroke of digits[Number(digit)]!) {
      const placed = unsteady(stroke, random).map(([x, y]): Point => {
        const [right, down] = [(x - 0.5) * aspect - own.lean * (y - 0.5), y - 0.5];
        const [cos, sin] = [Math.cos(own.turn), Math.sin(own.turn)];
        return [own.x + own.size * (right * cos - down * sin), own.y + own.size * (right * sin + down * cos)];
      });
      draw(sheet, curve(placed), pen, random);
    }
  }
  return sheet;
}

/** Every point a little aside of where it belongs; both points of a corner together. */
function unsteady(stroke: Stroke, random: Draw): Point[] {
  const moved: Point[] = [];
  for (const [i, [x, y]] of stroke.entries()) {
    const isCorner = i > 0 && stroke[i - 1]![0] === x && stroke[i - 1]![1] === y;
    moved.push(isCorner ? moved[i - 1]! : [x + random.normal(0.018), y + random.normal(0.018)]);
  }
  return moved;
}
