import sharp from 'sharp';
import { drawOf } from './draw';
import { drawThing, type ThingName, thingNames } from './draw-things';
import { type HandName, handNames } from './hands';
import { type Photograph, take } from './take';
import { writeDigits } from './write-digits';

/** A photograph-like picture, as the bytes of a JPEG file, and what it shows. */
export interface Example {
  readonly name: string;
  readonly jpeg: Buffer;
}

/** @param seed the same one gives the same picture */
export async function photographOfDigits(text: string, hand: HandName, seed: number): Promise<Buffer> {
  const random = drawOf(seed);
  const [width, height] = [random.whole(260, 440), random.whole(260, 440)];
  const ink = writeDigits({ text, hand }, width, height, random);
  const paper = { texture: random.between(0.3, 1.5), shadow: 0 };
  return encoded(await take(ink, paper, random), random.whole(55, 92));
}

/** A picture without a digit. */
export async function photographOf(thing: ThingName, seed: number): Promise<Buffer> {
  const random = drawOf(seed);
  const [width, height] = [random.whole(260, 440), random.whole(260, 440)];
  const ink = drawThing(thing, width, height, random);
  const paper = {
    texture: thing === 'texture' ? 4 : random.between(0.3, 1.5),
    shadow: thing === 'shadow' ? 0.5 : 0,
  };
  return encoded(await take(ink, paper, random), random.whole(55, 92));
}

/** A set of 60 pictures of digits, each digit twice by each hand, and 20 of things that are none. */
export interface PhotographSet {
  readonly digits: readonly (Example & { readonly text: string })[];
  readonly others: readonly Example[];
}

/** @param seed another one gives other pictures, of the same digits and things */
export async function photographSet(seed: number): Promise<PhotographSet> {
  const digits: PhotographSet['digits'][number][] = [];
  for (const hand of handNames) {
    for (let i = 0; i < 20; i++) {
      const text = String(i % 10);
      const jpeg = await photographOfDigits(text, hand, 1000 * seed + digits.length);
      digits.push({ name: `${text}-${hand}-${i < 10 ? 1 : 2}.jpg`, text, jpeg });
    }
  }
  const others: Example[] = [];
  for (const thing of thingNames) {
    const jpeg = await photographOf(thing, 1000 * seed + 500 + others.length);
    others.push({ name: `none-${thing.replaceAll(' ', '-')}.jpg`, jpeg });
  }
  return { digits, others };
}

async function encoded({ data, width, height }: Photograph, quality: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}
