import { computed, effect, signal } from '@preact/signals';
import { ask, engine } from '../network/engine';
import { latest } from '../page/latest';
import { reading } from '../reading/reading';

/** What is added to each dimension of the chosen capsule. */
export const offsets = signal<readonly number[]>([]);

/** Which capsule is perturbed; the longest as long as nobody chose. */
export const chosenClass = signal<number | null>(null);

export const perturbedClass = computed(() => chosenClass.value ?? reading.value?.winner ?? null);

/** The capsule of the reading with the offsets added: [classDim] */
export const perturbed = computed(() => {
  const { value } = engine;
  if (value.status !== 'ready' || !value.network.hasDecoder) return null;
  const label = perturbedClass.value;
  if (label === null || reading.value === null) return null;
  const { classDim } = value.network;
  const capsule = reading.value.capsules.slice(label * classDim, (label + 1) * classDim);
  return { label, capsule: capsule.map((component, dim) => component + (offsets.value[dim] ?? 0)) };
});

/** The newest picture, and the capsule it is of; null without a capsule to show. */
const newest = signal<{
  readonly pixels: Float32Array;
  readonly of: NonNullable<typeof perturbed.value>;
} | null>(null);

/** What the decoder makes of it; null without a capsule to show. */
export const decoded = computed(() => newest.value?.pixels ?? null);

/** Whether a newer picture is on its way. */
export const isDecoding = computed(() => perturbed.value !== null && perturbed.value !== newest.value?.of);

const decode = latest(async (asked: NonNullable<typeof perturbed.value>) => {
  const pixels = await ask(remote => remote.decode(asked.capsule, asked.label));
  if (pixels && perturbed.value) newest.value = { pixels, of: asked };
});

/** Decodes the perturbed capsule whenever it changes. */
export function keepDecoding(): void {
  effect(() => {
    if (perturbed.value) decode(perturbed.value);
    else newest.value = null;
  });
}
