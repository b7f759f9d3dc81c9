import sharp from 'sharp';
import { expect, it } from 'vitest';
import { drawOf } from './draw';
import { drawThing, thingNames } from './draw-things';
import { handNames } from './hands';
import { photographOf, photographOfDigits } from './photographs';
import { writeDigits } from './write-digits';

it('the same seed makes the same picture, another one another', async () => {
  const [picture, same, other] = await Promise.all(
    [1, 1, 2].map(seed => photographOfDigits('3', 'school', seed)),
  );
  expect(same!.equals(picture!)).toBe(true);
  expect(other!.equals(picture!)).toBe(false);
  expect((await photographOf('shadow', 1)).equals(await photographOf('nothing', 1))).toBe(false);
});

it('is a JPEG in colour, as large as it says', async () => {
  const { format, channels, width, height } = await sharp(
    await photographOfDigits('7', 'quick', 5),
  ).metadata();
  expect([format, channels]).toEqual(['jpeg', 3]);
  for (const side of [width, height]) {
    expect(side).toBeGreaterThanOrEqual(260);
    expect(side).toBeLessThanOrEqual(440);
  }
});

it.each(handNames)('the hand "%s" writes every digit within the page', hand => {
  for (let digit = 0; digit < 10; digit++) {
    const { covered, width, height } = writeDigits({ text: String(digit), hand }, 300, 300, drawOf(digit));
    const inked = [...covered.keys()].filter(at => covered[at]! > 0);
    expect(inked.length, `digit ${digit}`).toBeGreaterThan(200);
    const isAtEdge = (at: number) =>
      at % width === 0 || at % width === width - 1 || at < width || at >= width * (height - 1);
    expect(inked.filter(isAtEdge), `digit ${digit}`).toEqual([]);
  }
});

it('there are twenty things, of which three are no ink', () => {
  const blank = thingNames.filter(name =>
    drawThing(name, 200, 200, drawOf(1)).covered.every(value => value === 0),
  );
  expect([thingNames.length, blank]).toEqual([20, ['nothing', 'texture', 'shadow']]);
});
