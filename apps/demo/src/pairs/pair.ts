import { mnistSide } from '@capsnet/data';
import { computed, signal } from '@preact/signals';
import type { TestDigit } from '../digits/mnist-files';
import { ink, thickness } from '../drawing/ink';
import { type Drawing, fit, type Stroke } from '../drawing/strokes';

/** Side of an image of two digits, as in the paper's MultiMNIST. */
export const pairSide = 36;

/** About the side of the box around two digits of MultiMNIST: 20 pixels of one, and how far apart their shifts move them. */
const boxSide = 24;

/** How far the digits of two test images are moved, the first back and the second forth; in MultiMNIST up to 4 pixels. */
const shift = { x: 3, y: 1 };

/** Two digits over each other: drawn, or images of the test set. */
export type Pair = Drawing | { readonly from: 'test'; readonly digits: readonly TestDigit[] };

export const pair = signal<Pair>({ from: 'pad', strokes: [] });

/** Picks a digit besides the one picked before, which is of another class; a digit that is picked already is put back. */
export function pick(digit: TestDigit): void {
  const { value } = pair;
  const picked = value.from === 'test' ? value.digits : [];
  const isPutBack = picked.some(({ index }) => index === digit.index);
  const others = picked.filter(({ label }) => label !== digit.label);
  pair.value = { from: 'test', digits: isPutBack ? others : [...others.slice(-1), digit] };
}

/** [36, 36] in 0..1 as the network sees it; null as long as nothing is drawn, or fewer than two are picked. */
export const pairImage = computed(() => {
  const { value } = pair;
  if (value.from === 'pad') return drawnPair(value.strokes);
  const [first, second] = value.digits;
  return first && second ? overlay(first.pixels, second.pixels) : null;
});

/** Two digits in one drawing: scaled as a whole and put in the middle, since nothing says which stroke is of which digit. */
export function drawnPair(strokes: readonly Stroke[]): Float32Array | null {
  if (strokes.flat().length === 0) return null;
  return ink(fit(strokes, boxSide - thickness, { x: pairSide / 2, y: pairSide / 2 }), pairSide);
}

/** The sum of two images of 28x28 pixels that lie apart, at most 1. */
export function overlay(first: Float32Array, second: Float32Array): Float32Array {
  const image = new Float32Array(pairSide * pairSide);
  const margin = (pairSide - mnistSide) / 2;
  for (const [pixels, direction] of [[first, -1] as const, [second, 1] as const]) {
    const [left, top] = [margin + direction * shift.x, margin + direction * shift.y];
    pixels.forEach((value, at) => {
      const to = (top + Math.floor(at / mnistSide)) * pairSide + left + (at % mnistSide);
      image[to] = Math.min(1, image[to]! + value);
    });
  }
  return image;
}
