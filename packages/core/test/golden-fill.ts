/** [shape, salt, scale]: a tensor that the golden files spell out as a hash of its indices. */
export type Fill = [shape: number[], salt: number, scale: number];

/**
 * The values of a fill, in C order: h = (k * 2654435761 + salt) mod 2^32 for index k, mixed, scaled to -scale..scale,
 * in float32.
 */
export function fill([shape, salt, scale]: Fill): { shape: number[]; data: Float32Array } {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let k = 0; k < data.length; k++) {
    let h = (Math.imul(k, 2654435761) + salt) >>> 0;
    h ^= h >>> 15;
    h = Math.imul(h, 2246822519);
    h ^= h >>> 13;
    h = Math.imul(h, 3266489917);
    h ^= h >>> 16;
    data[k] = scale * ((h >>> 0) / 2 ** 31 - 1);
  }
  return { shape, data };
}
