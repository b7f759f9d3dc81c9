import { computed, effect, signal } from '@preact/signals';
import type { TestDigit } from '../digits/mnist-files';
import { remembered } from '../page/remembered';
import { digitImage } from './digit-image';
import type { Drawing, Stroke } from './strokes';

/** What the network looks at: a drawing, or an image of MNIST's test set with its label. */
export type Subject = Drawing | ({ readonly from: 'test' } & TestDigit);

const lastDrawing = remembered<Drawing>('drawing', { from: 'pad', strokes: [] }, drawingOf);

export const subject = signal<Subject>(lastDrawing.value);

/** A drawing of an earlier visit. A test image is picked again. */
function drawingOf(stored: unknown): Drawing | undefined {
  const { from, strokes } = stored as Partial<Drawing>;
  const isPoint = ({ x, y }: Stroke[number]) => x >= 0 && x <= 1 && y >= 0 && y <= 1;
  const isDrawing =
    from === 'pad' && strokes!.every(stroke => stroke.length > 0 && Array.from(stroke).every(isPoint));
  return isDrawing ? { from, strokes: strokes! } : undefined;
}

/** Whether a pen is down: what takes longer than a classification waits until it is up. */
export const isDrawing = signal(false);

/** [28, 28] in 0..1 as the network sees it; null as long as nothing is drawn. */
export const image = computed(() => {
  const { value } = subject;
  return value.from === 'pad' ? digitImage(value.strokes) : value.pixels;
});

/** Has the drawing on the pad at the next visit. */
export function rememberDrawing(): void {
  effect(() => {
    if (subject.value.from === 'pad' && !isDrawing.value) lastDrawing.value = subject.value;
  });
}
