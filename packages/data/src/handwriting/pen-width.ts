import type { GrayImage } from './gray-image';

/** Of MNIST's digits in a box of 20 pixels, about. */
const usual = 2.4;
const boxSide = 20;

/**
 * Ink as a pen of MNIST's width would have left it: a thin pen on a large page would be a breath of gray once the digit has 20 pixels.
 * Wider pens are left as they are.
 *
 * @param ink cropped to a digit; 1 is ink and 0 paper, and nothing between
 * @returns with room around for what has been added
 */
export function atLeastUsualPen(ink: GrayImage): GrayImage {
  const extent = Math.max(ink.width, ink.height);
  // Both sides of a stroke add to the size of the digit, by which its width counts.
  const more = ((usual / boxSide) * extent - penWidth(ink)) / (2 - (2 * usual) / boxSide);
  if (more <= 0) return ink;
  const margin = Math.ceil(more) + 1;
  const roomy = withMargin(ink, margin);
  const distances = distancesTo(roomy);
  return { ...roomy, data: distances.map(distance => Math.min(1, Math.max(0, more + 0.5 - distance))) };
}

/** A stroke has two sides: its area is half of its outline times its width. */
function penWidth({ data, width, height }: GrayImage): number {
  let [area, edges] = [0, 0];
  const isInk = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x]! > 0;
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const own = isInk(x, y);
      if (own) area++;
      if (own !== isInk(x + 1, y)) edges++;
      if (own !== isInk(x, y + 1)) edges++;
    }
  }
  // Along the edges of pixels an outline in any direction is longer than it is, by this much on average.
  const outline = (edges * Math.PI) / 4;
  return (2 * area) / outline;
}

function withMargin({ data, width, height }: GrayImage, margin: number): GrayImage {
  const roomy = new Float32Array((width + 2 * margin) * (height + 2 * margin));
  for (let y = 0; y < height; y++)
    roomy.set(data.subarray(y * width, (y + 1) * width), (y + margin) * (width + 2 * margin) + margin);
  return { data: roomy, width: width + 2 * margin, height: height + 2 * margin };
}

/**
 * How far each pixel is from ink, 0 in ink itself (Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions): first
 * along columns, then the lower envelope of parabolas along rows.
 */
function distancesTo({ data, width, height }: GrayImage): Float32Array {
  const far = width + height;
  const columns = new Float32Array(width * height);
  for (let x = 0; x < width; x++) {
    let since = far;
    for (let y = 0; y < height; y++) {
      since = data[y * width + x]! > 0 ? 0 : since + 1;
      columns[y * width + x] = since;
    }
    for (let y = height - 1; y >= 0; y--) {
      since = data[y * width + x]! > 0 ? 0 : since + 1;
      columns[y * width + x] = Math.min(since, columns[y * width + x]!);
    }
  }
  const distances = new Float32Array(width * height);
  const roots = new Int32Array(width);
  const starts = new Float64Array(width + 1);
  for (let y = 0; y < height; y++) {
    const squared = (x: number) => columns[y * width + x]! ** 2;
    let last = 0;
    [roots[0], starts[0], starts[1]] = [0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let x = 1; x < width; x++) {
      const meets = (root: number) => (squared(x) + x * x - squared(root) - root * root) / (2 * (x - root));
      while (meets(roots[last]!) <= starts[last]!) last--;
      const start = meets(roots[last]!);
      last++;
      [roots[last], starts[last], starts[last + 1]] = [x, start, Number.POSITIVE_INFINITY];
    }
    for (let x = 0, at = 0; x < width; x++) {
      while (starts[at + 1]! < x) at++;
      distances[y * width + x] = Math.hypot(x - roots[at]!, columns[y * width + roots[at]!]!);
    }
  }
  return distances;
}
