import { mnistImage } from '@capsnet/data';
import { expect, it } from 'vitest';
import { loadMnist } from './node';

// MNIST itself was made in this way (but moved by whole pixels), and so tells whether box and centre are right.
it('of digits of MNIST, enlarged and anywhere, mnistImage makes those digits again', async () => {
  const { test } = await loadMnist();
  const [scale, width, height, count] = [7, 400, 300, 100];
  const correlations: number[] = [];
  const apart = { x: 0, y: 0 };
  for (let index = 0; index < count; index++) {
    const digit = Float32Array.from(test.data.subarray(index * 784, (index + 1) * 784), value => value / 255);
    const data = new Float32Array(width * height);
    const [left, top] = [(index * 37) % (width - 28 * scale), (index * 53) % (height - 28 * scale)];
    for (let y = 0; y < 28 * scale; y++)
      for (let x = 0; x < 28 * scale; x++)
        data[(top + y) * width + left + x] = digit[Math.floor(y / scale) * 28 + Math.floor(x / scale)]!;
    const again = mnistImage({ data, width, height })!;
    correlations.push(correlation(again, digit));
    const [mine, theirs] = [massOf(again), massOf(digit)];
    expect(mine.mass / theirs.mass, `image ${index}`).toBeCloseTo(1, 1);
    apart.x += (mine.x - theirs.x) / count;
    apart.y += (mine.y - theirs.y) / count;
  }
  expect([apart.x, apart.y]).toEqual([expect.closeTo(0, 1), expect.closeTo(0, 1)]);
  correlations.sort((a, b) => a - b);
  expect(correlations[count / 2]).toBeGreaterThan(0.93);
  expect(correlations[0]).toBeGreaterThan(0.75);
});

function correlation(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

function massOf(image: Float32Array) {
  let [mass, x, y] = [0, 0, 0];
  for (const [at, value] of image.entries()) {
    mass += value;
    x += value * (at % 28);
    y += value * Math.floor(at / 28);
  }
  return { mass, x: x / mass, y: y / mass };
}
