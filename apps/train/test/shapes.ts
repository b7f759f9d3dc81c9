import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import sharp from 'sharp';

const shapes = {
  circle: 'M -30 0 a 30 30 0 1 0 60 0 a 30 30 0 1 0 -60 0',
  cross: 'M -30 -30 L 30 30 M 30 -30 L -30 30',
  square: 'M -28 -28 H 28 V 28 H -28 Z',
};

export type Shape = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as Shape[];

/** A drawing of a shape somewhere on paper of some size, as the file of the format that its name ends with. */
export async function drawShape(file: string, shape: Shape, seed: number): Promise<string> {
  const random = linearCongruential(seed);
  const between = (low: number, high: number) => Math.round(low + (high - low) * random());
  const [width, height] = [between(90, 160), between(90, 160)];
  const place = `translate(${width / 2 + between(-8, 8)} ${height / 2 + between(-8, 8)}) scale(${between(8, 12) / 10}) rotate(${between(-8, 8)})`;
  const [paper, ink] = [`hsl(${between(0, 360)} 30% 90%)`, `hsl(${between(0, 360)} 70% 25%)`];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${paper}"/>` +
    `<path d="${shapes[shape]}" transform="${place}" fill="none" stroke="${ink}" stroke-width="${between(9, 14)}"/></svg>`;
  const format = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    await sharp(Buffer.from(svg))
      .toFormat(format as 'png')
      .toBuffer(),
  );
  return file;
}

/** A folder of so many drawings of each shape, a folder for each, in several formats. */
export async function drawShapes(folder: string, each: number): Promise<string> {
  const formats = ['jpg', 'PNG', 'webp', 'jpeg'];
  for (const [label, shape] of shapeNames.entries()) {
    for (let i = 0; i < each; i++) {
      const file = join(folder, shape, `${String(i).padStart(3, '0')}.${formats[i % formats.length]}`);
      await drawShape(file, shape, 1000 * label + i + 1);
    }
  }
  return folder;
}
