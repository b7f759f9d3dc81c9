import type { PickedBackend } from '@capsnet/backend';
import { computed, effect, signal } from '@preact/signals';
import { ask, engine } from '../network/engine';
import type { PairReading } from '../network/worker/inference';
import { latest } from '../page/latest';
import { pairImage } from './pair';

/** What was asked: two digits, of the network for pairs on a backend. */
interface Question {
  readonly image: Float32Array;
  readonly backend: PickedBackend;
}

/** What the network for pairs makes of two digits; null without them. While a new reading is on its way, the one before. */
export const pairReading = signal<(PairReading & Question) | null>(null);

/** What could not be read. It is said, and asked again only when it is another image or another backend. */
const unread = signal<Question | null>(null);

/** What is to be read now; null without digits, and as long as no backend is ready. */
const asked = computed((): Question | null => {
  const image = pairImage.value;
  const { value } = engine;
  return image && value.status === 'ready' ? { image, backend: value.backend } : null;
});

/** Whether something is of the digits that are there, by the backend in use: another network for one digit changes nothing. */
function isCurrent(question: Question | null): boolean {
  return (
    question !== null && question.image === asked.value?.image && question.backend === asked.value.backend
  );
}

/** Whether the two digits could not be read. */
export const isPairUnread = computed(() => isCurrent(unread.value));

/** Whether a newer reading is on its way. */
export const isPairPending = computed(
  () => asked.value !== null && !isCurrent(pairReading.value) && !isPairUnread.value,
);

const read = latest(async (question: Question) => {
  const found = await ask(remote => remote.readPair(question.image));
  if (!found) unread.value = question;
  else if (pairImage.value) pairReading.value = { ...found, ...question };
});

/** Reads the two digits whenever they change, or the backend does. */
export function keepReadingPairs(): void {
  effect(() => {
    if (pairImage.value === null) pairReading.value = null;
    else if (asked.value && isPairPending.value) read(asked.value);
  });
}
