import { mnistImage } from '@capsnet/data';
import { expect, it } from 'vitest';
import { loadMnist } from './node';

it('of a digit of MNIST, enlarged and anywhere, mnistImage makes that digit again', async () => {
  const { test } = await loadMnist();
  const [scale, width, height] = [7, 400, 300];
  for (let index = 0; index < 100; index++) {
    const digit = Float32Array.from(test.data.subarray(index * 784, (index + 1) * 784), value => value / 255);
    const data = new Float32Array(width * height);
    const [left, top] = [(index * 37) % (width - 28 * scale), (index * 53) % (height - 28 * scale)];
    for (let y = 0; y < 28 * scale; y++)
      for (let x = 0; x < 28 * scale; x++)
        data[(top + y) * width + left + x] = digit[Math.floor(y / scale) * 28 + Math.floor(x / scale)]!;
    const again = mnistImage({ data, width, height })!;
    // MNIST's are moved by whole pixels, and blurred edges reach out of the box of some: correlation, not equality.
    expect(correlation(again, digit), `image ${index}`).toBeGreaterThan(0.9);
    const ink = (image: Float32Array) => image.reduce((sum, value) => sum + value);
    expect(ink(again) / ink(digit)).toBeCloseTo(1, 0);
  }
});

function correlation(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
