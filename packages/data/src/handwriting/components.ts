import type { Box, GrayImage } from './gray-image';

/** Pixels that touch each other, also by their corners. */
export interface Component extends Box {
  /** Places in the image, in ascending order. */
  readonly pixels: readonly number[];
}

/** The connected components of all pixels of at least a value, from the top; found in two passes with a forest of labels. */
export function components({ data, width, height }: GrayImage, least: number): Component[] {
  const labels = new Int32Array(width * height);
  const parents = [0];
  const root = (label: number): number => {
    let at = label;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (data[at]! < least) continue;
      let label = x > 0 ? labels[at - 1]! : 0;
      for (let above = Math.max(0, x - 1); y > 0 && above <= Math.min(width - 1, x + 1); above++) {
        const other = labels[at - width + above - x]!;
        if (other === 0) continue;
        if (label === 0) label = other;
        else if (label !== other) parents[root(other)] = root(label);
      }
      if (label === 0) {
        label = parents.length;
        parents.push(label);
      }
      labels[at] = label;
    }
  }
  const found = new Map<number, { -readonly [Key in keyof Box]: number } & { pixels: number[] }>();
  for (const [at, label] of labels.entries()) {
    if (label === 0) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    const name = root(label);
    const known = found.get(name);
    if (!known) {
      found.set(name, { left: x, top: y, right: x + 1, bottom: y + 1, pixels: [at] });
      continue;
    }
    known.left = Math.min(known.left, x);
    known.right = Math.max(known.right, x + 1);
    known.bottom = y + 1;
    known.pixels.push(at);
  }
  return [...found.values()];
}
