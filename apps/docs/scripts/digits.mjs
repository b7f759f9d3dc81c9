import { writeFileSync } from 'node:fs';
import { loadMnist } from '@capsnet/mnist';
import { PNG } from 'pngjs';

// Writes the first test image of each digit, side by side, for the figures:
//
//     node scripts/digits.mjs

const { test } = await loadMnist();
const png = new PNG({ width: 280, height: 28, colorType: 0 });
for (let digit = 0; digit < 10; digit++) {
  const first = test.labels.indexOf(digit);
  for (let row = 0; row < 28; row++) {
    for (let column = 0; column < 28; column++) {
      const value = test.data[(first * 28 + row) * 28 + column];
      png.data.set([value, value, value, 255], 4 * (row * 280 + digit * 28 + column));
    }
  }
}
writeFileSync('src/digits/digits.png', PNG.sync.write(png, { colorType: 0 }));
