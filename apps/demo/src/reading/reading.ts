import { computed, effect, signal } from '@preact/signals';
import { ask, type EngineState, engine } from '../network/engine';
import type { Reading } from '../network/worker/inference';
import { latest } from '../page/latest';
import { image } from '../page/subject';

/** A reading with its image, the engine that read it, and the class of its longest capsule. */
export interface ImageReading extends Reading {
  readonly image: Float32Array;
  readonly readBy: EngineState;
  readonly winner: number;
}

/** What the network makes of the subject; null without one. While a new reading is on its way, the one before. */
export const reading = signal<ImageReading | null>(null);

/** Whether a newer reading is on its way. */
export const isPending = computed(() => {
  if (image.value === null) return false;
  return reading.value?.image !== image.value || reading.value.readBy !== engine.value;
});

const read = latest(async (asked: Pick<ImageReading, 'image' | 'readBy'>) => {
  const found = await ask(remote => remote.read(asked.image));
  if (found === null || image.value === null) return;
  const winner = found.lengths.indexOf(Math.max(...found.lengths));
  reading.value = { ...found, ...asked, winner };
});

/** Reads the subject whenever it changes, or the network does. */
export function keepReading(): void {
  effect(() => {
    const pixels = image.value;
    if (pixels === null) reading.value = null;
    else if (engine.value.status === 'ready') read({ image: pixels, readBy: engine.value });
  });
}
