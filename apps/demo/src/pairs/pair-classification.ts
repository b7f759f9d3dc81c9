import type { PickedBackend } from '@capsnet/backend';
import { computed, effect, signal } from '@preact/signals';
import { latest } from '../network/latest';
import { ask, networkState } from '../network/network-client';
import type { PairClassification } from '../network/worker/inference';
import { pairImage } from './pair';

/** What was asked: two digits, of the network for pairs on a backend. */
interface Question {
  readonly image: Float32Array;
  readonly backend: PickedBackend;
}

/** What the network for pairs makes of two digits; null without them. While a new one is on its way, the one before. */
export const pairClassification = signal<(PairClassification & Question) | null>(null);

/** What could not be classified. It is asked again only with another image or another backend. */
const failed = signal<Question | null>(null);

/** What is to be classified now; null without digits, and as long as no backend is ready. */
const asked = computed((): Question | null => {
  const image = pairImage.value;
  const { value } = networkState;
  return image && value.status === 'ready' ? { image, backend: value.backend } : null;
});

/** Whether something is of the digits that are there, by the backend in use: another network for one digit changes nothing. */
function isCurrent(question: Question | null): boolean {
  return (
    question !== null && question.image === asked.value?.image && question.backend === asked.value.backend
  );
}

/** Whether the two digits could not be classified. */
export const hasPairFailed = computed(() => isCurrent(failed.value));

/** Whether a newer classification is on its way. */
export const isPairPending = computed(
  () => asked.value !== null && !isCurrent(pairClassification.value) && !hasPairFailed.value,
);

const classify = latest(async (question: Question) => {
  const found = await ask(remote => remote.classifyPair(question.image));
  if (!found) failed.value = question;
  else if (pairImage.value) pairClassification.value = { ...found, ...question };
});

/** Classifies the two digits whenever they change, or the backend does. */
export function classifyPair(): void {
  effect(() => {
    if (pairImage.value === null) pairClassification.value = null;
    else if (asked.value && isPairPending.value) classify(asked.value);
  });
}
