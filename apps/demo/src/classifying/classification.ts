import { computed, effect, signal } from '@preact/signals';
import { image } from '../drawing/subject';
import { latest } from '../network/latest';
import { ask, type NetworkState, networkState } from '../network/network-client';
import type { Classification } from '../network/worker/inference';

/** A classification with its image, the network that made it, and the class of its most active capsule. */
export interface ImageClassification extends Classification {
  readonly image: Float32Array;
  readonly by: NetworkState;
  readonly winner: number;
}

/** What the network makes of the subject; null without one. While a new classification is on its way, the one before. */
export const classification = signal<ImageClassification | null>(null);

/** Whether it is of the subject and by the network in use, and not the one before. */
export const isCurrent = computed(
  () => classification.value?.image === image.value && classification.value?.by === networkState.value,
);

/** Whether a newer classification is on its way. */
export const isPending = computed(() => image.value !== null && !isCurrent.value);

const classify = latest(async (asked: Pick<ImageClassification, 'image' | 'by'>) => {
  const found = await ask(remote => remote.classify(asked.image));
  if (found === null || image.value === null) return;
  const winner = found.activations.indexOf(Math.max(...found.activations));
  classification.value = { ...found, ...asked, winner };
});

/** Classifies the subject whenever it changes, or the network does. */
export function classifySubject(): void {
  effect(() => {
    const pixels = image.value;
    if (pixels === null) classification.value = null;
    else if (networkState.value.status === 'ready') classify({ image: pixels, by: networkState.value });
  });
}
