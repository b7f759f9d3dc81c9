import { computed, effect, signal } from '@preact/signals';
import { ask, engine } from './engine';
import { latest } from './latest';
import { image } from './subject';
import type { Reading } from './worker/inference';

/** A reading with its image, and the class of its longest capsule. */
export interface ImageReading extends Reading {
  readonly image: Float32Array;
  readonly winner: number;
}

/** What the network makes of the subject; null without one. While a new reading is on its way, the one before. */
export const reading = signal<ImageReading | null>(null);

/** The image that the newest reading is of, and by which network. */
const readBy = signal<{ readonly image: Float32Array; readonly state: unknown } | null>(null);

/** Whether a newer reading is on its way. */
export const isPending = computed(() => {
  if (image.value === null) return false;
  return readBy.value?.image !== image.value || readBy.value.state !== engine.value;
});

const read = latest(async ({ image: pixels, state }: { image: Float32Array; state: unknown }) => {
  const found = await ask(remote => remote.read(pixels));
  if (found === null || image.value === null) return;
  const winner = found.lengths.indexOf(Math.max(...found.lengths));
  reading.value = { ...found, image: pixels, winner };
  readBy.value = { image: pixels, state };
});

/** Reads the subject whenever it changes, or the network does. */
export function keepReading(): void {
  effect(() => {
    const pixels = image.value;
    if (pixels === null) reading.value = null;
    else if (engine.value.status === 'ready') read({ image: pixels, state: engine.value });
  });
}
