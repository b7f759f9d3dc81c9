import { computed, signal } from '@preact/signals';
import type { TestDigit } from '../digits/mnist-files';
import { digitImage } from './digit-image';
import type { Drawing } from './strokes';

/** What the network looks at: a drawing, or an image of MNIST's test set with its label. */
export type Subject = Drawing | ({ readonly from: 'test' } & TestDigit);

export const subject = signal<Subject>({ from: 'pad', strokes: [] });

/** Whether a pen is down: what takes longer than a classification waits until it is up. */
export const isDrawing = signal(false);

/** [28, 28] in 0..1 as the network sees it; null as long as nothing is drawn. */
export const image = computed(() => {
  const { value } = subject;
  return value.from === 'pad' ? digitImage(value.strokes) : value.pixels;
});
