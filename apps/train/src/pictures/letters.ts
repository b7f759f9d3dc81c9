import type { PNG } from 'pngjs';
import type { Colour } from './encode-png';

/** Letters of five rows, drawn here: a PNG has no text, and an SVG no pixels of ours. */
const drawn = `
A .#. #.# ### #.# #.#
B ##. #.# ##. #.# ##.
C .## #.. #.. #.. .##
D ##. #.# #.# #.# ##.
E ### #.. ##. #.. ###
F ### #.. ##. #.. #..
G .## #.. #.# #.# .##
H #.# #.# ### #.# #.#
I # # # # #
J ..# ..# ..# #.# .#.
K #.# #.# ##. #.# #.#
L #.. #.. #.. #.. ###
M #...# ##.## #.#.# #...# #...#
N #..# ##.# #.## #..# #..#
O .#. #.# #.# #.# .#.
P ##. #.# ##. #.. #..
Q .#. #.# #.# #.# .##
R ##. #.# ##. #.# #.#
S .## #.. .#. ..# ##.
T ### .#. .#. .#. .#.
U #.# #.# #.# #.# ###
V #.# #.# #.# #.# .#.
W #...# #...# #.#.# ##.## #...#
X #.# #.# .#. #.# #.#
Y #.# #.# .#. .#. .#.
Z ### ..# .#. #.. ###
0 ### #.# #.# #.# ###
1 .# ## .# .# .#
2 ### ..# ### #.. ###
3 ### ..# .## ..# ###
4 #.# #.# ### ..# ..#
5 ### #.. ### ..# ###
6 ### #.. ### #.# ###
7 ### ..# .#. .#. .#.
8 ### #.# ### #.# ###
9 ### #.# ### ..# ###
. . . . . #
, .. .. .. .# #.
- ... ... ### ... ...
+ ... .#. ### .#. ...
_ ... ... ... ... ###
/ ..# ..# .#. #.. #..
( .# #. #. #. .#
) #. .# .# .# #.
: . # . # .
' # # . . .
& .#. #.# .## #.# .##
? ### ..# .#. ... .#.`;

const letters = new Map(
  drawn
    .trim()
    .split('\n')
    .map(line => [line[0]!, line.slice(2).split(' ')] as const),
);
/** For what has none. */
const box = ['###', '#.#', '#.#', '#.#', '###'];

/** Of letters, in pixels, at scale 1. */
export const letterHeight = 5;
const gap = 1;
const space = 2;

function rowsOf(character: string): readonly string[] {
  if (character === ' ') return new Array<string>(letterHeight).fill('.'.repeat(space));
  return letters.get(character) ?? box;
}

/** In capitals, without accents, as there are letters for. */
function lettersIn(text: string): string[] {
  return [...text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()];
}

function widthOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + rowsOf(character)[0]!.length + gap, -gap);
}

/** As much of a text as fits, drawn from its upper left corner. */
export function drawText(
  picture: PNG,
  text: string,
  {
    left,
    top,
    width,
    scale,
    colour,
  }: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly scale: number;
    readonly colour: Colour;
  },
): void {
  let characters = lettersIn(text);
  while (widthOf(characters) * scale > width) characters = characters.slice(0, -1);
  let x = left;
  for (const character of characters) {
    const rows = rowsOf(character);
    for (const [y, row] of rows.entries()) {
      for (const [column, dot] of [...row].entries()) {
        if (dot === '#') square(picture, x + column * scale, top + y * scale, scale, colour);
      }
    }
    x += (rows[0]!.length + gap) * scale;
  }
}

function square(picture: PNG, left: number, top: number, side: number, [r, g, b]: Colour): void {
  for (let y = top; y < top + side; y++)
    for (let x = left; x < left + side; x++) picture.data.set([r, g, b, 255], 4 * (y * picture.width + x));
}
