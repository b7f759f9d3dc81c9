import sharp from 'sharp';
import { expect, test } from 'vitest';
import { digitsFrom } from './digits-from.node';

/** Two ones on paper, in colour, as files. */
const drawing = (format: 'png' | 'jpeg' | 'webp', side = 300) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * side}" height="${side}"><rect width="100%" height="100%" fill="#ece4d2"/>` +
        `<path d="M ${0.4 * side} ${0.2 * side} V ${0.8 * side} M ${1.2 * side} ${0.2 * side} V ${0.8 * side}" stroke="#203080" stroke-width="${0.06 * side}"/></svg>`,
    ),
  )
    .toFormat(format)
    .toBuffer();

test.each([
  ['png', 300],
  ['jpeg', 300],
  ['webp', 300],
  // Made smaller while it is decoded.
  ['jpeg', 2400],
] as const)('finds the digits of a %s of %i pixels', async (format, side) => {
  const found = await digitsFrom(await drawing(format, side));
  expect(found.map(({ box }) => box.left)).toEqual([expect.closeTo(0.185, 1), expect.closeTo(0.585, 1)]);
  for (const { box } of found) expect(box.height).toBeCloseTo(0.6, 1);
});

test('finds those of pixels, whatever lies behind what is clear', async () => {
  const clear = await sharp({ create: { width: 90, height: 90, channels: 4, background: '#0000' } })
    .composite([
      { input: Buffer.alloc(3 * 8 * 50), raw: { width: 8, height: 50, channels: 3 }, left: 40, top: 20 },
    ])
    .raw()
    .toBuffer();
  expect(await digitsFrom({ data: clear, width: 90, height: 90 })).toHaveLength(1);
});

test.each([
  [{ ink: 'gray' }, 'expected ink to be "dark" or "bright", found "gray"'],
  [{ tone: 'dark' }, 'unknown option tone: did you mean ink?'],
])('refuses %j', async (options, message) => {
  await expect(digitsFrom([[0, 1]], options as object)).rejects.toThrow(message);
});

test('refuses several pictures', async () => {
  await expect(digitsFrom({ data: new Float32Array(8), shape: [2, 2, 2] })).rejects.toThrow(
    'digitsFrom: expected one picture, found 2',
  );
});
