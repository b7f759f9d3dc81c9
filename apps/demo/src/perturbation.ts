import { computed, effect, signal } from '@preact/signals';
import { ask, engine } from './engine';
import { latest } from './latest';
import { reading } from './reading';

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

/** What the decoder makes of it; null without a capsule to show. */
export const decoded = signal<Float32Array | null>(null);

/** The capsule that `decoded` was made from. */
const decodedFrom = signal<typeof perturbed.value>(null);

/** Whether a newer picture is on its way. */
export const isDecoding = computed(() => perturbed.value !== null && perturbed.value !== decodedFrom.value);

const decode = latest(async (asked: NonNullable<typeof perturbed.value>) => {
  const pixels = await ask(remote => remote.decode(asked.capsule, asked.label));
  if (!pixels || !perturbed.value) return;
  decoded.value = pixels;
  decodedFrom.value = asked;
});

/** Decodes the perturbed capsule whenever it changes. */
export function keepDecoding(): void {
  effect(() => {
    if (perturbed.value) decode(perturbed.value);
    else decoded.value = null;
  });
}
