import { computed, signal } from '@preact/signals';
import { digitImage } from './digit-image';
import type { Stroke } from './strokes';

/** What the network looks at: a drawing, or an image of MNIST's test set with its label. */
export type Subject =
  | { readonly from: 'pad'; readonly strokes: readonly Stroke[] }
  | { readonly from: 'test'; readonly index: number; readonly label: number; readonly pixels: Float32Array };

export const subject = signal<Subject>({ from: 'pad', strokes: [] });

/** Whether the pen is down: what takes longer than a reading waits until it is up. */
export const isDrawing = signal(false);

/** [28, 28] in 0..1 as the network sees it; null as long as nothing is drawn. */
export const image = computed(() => {
  const { value } = subject;
  return value.from === 'pad' ? digitImage(value.strokes) : value.pixels;
});
