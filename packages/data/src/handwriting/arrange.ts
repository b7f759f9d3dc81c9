import type { Box } from './gray-image';

const heightOf = ({ top, bottom }: Box) => bottom - top;
const widthOf = ({ left, right }: Box) => right - left;

export function around(boxes: readonly Box[]): Box {
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/**
 * Puts the parts of each digit together: what lies above each other, close enough, as the bar of a five and its belly. Two digits in
 * lines above each other are no parts of one, for together they are too high.
 */
export function digitsOf<Part extends Box>(parts: readonly Part[]): Part[][] {
  const digits = parts.map(part => [part]);
  for (let i = 0; i < digits.length; ) {
    const own = around(digits[i]!);
    const other = digits.findIndex((digit, j) => j !== i && belongTogether(own, around(digit)));
    if (other < 0) {
      i++;
      continue;
    }
    digits[i]!.push(...digits.splice(other, 1)[0]!);
    // A digit that has grown may reach what it did not reach before.
    i = 0;
  }
  return digits;
}

function belongTogether(a: Box, b: Box): boolean {
  const shared = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const gap = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  const higher = Math.max(heightOf(a), heightOf(b));
  return (
    shared >= 0.4 * Math.min(widthOf(a), widthOf(b)) &&
    gap <= 0.3 * higher &&
    heightOf(around([a, b])) <= 1.5 * higher
  );
}

/** Lines from above, each from the left: what stands beside something for at least half of its height is in its line. */
export function linesOf<Item>(items: readonly Item[], boxOf: (item: Item) => Box): Item[][] {
  const lines: { items: Item[]; box: Box }[] = [];
  for (const item of [...items].sort((a, b) => boxOf(a).left - boxOf(b).left)) {
    const box = boxOf(item);
    const line = lines.find(({ items }) => {
      // Lines of a photograph are seldom level: the nearest digit tells how high this one is.
      const nearest = boxOf(items.at(-1)!);
      const shared = Math.min(nearest.bottom, box.bottom) - Math.max(nearest.top, box.top);
      return shared >= 0.5 * Math.min(heightOf(nearest), heightOf(box));
    });
    if (line) line.items.push(item);
    else lines.push({ items: [item], box });
  }
  return lines.sort((a, b) => a.box.top - b.box.top).map(({ items }) => items);
}
