import { computed, effect, signal } from '@preact/signals';
import { classification } from '../classifying/classification';
import { image } from '../drawing/subject';
import { latest } from '../network/latest';
import { ask, networkState } from '../network/network-client';

/** What is added to each dimension of the chosen capsule. */
export const offsets = signal<readonly number[]>([]);

/** Which capsule is perturbed; the most active as long as nobody chose. */
export const chosenClass = signal<number | null>(null);

/** The capsule as it is, of the class that is most active. */
export function resetPerturbation(): void {
  offsets.value = [];
  chosenClass.value = null;
}

export const perturbedClass = computed(() => chosenClass.value ?? classification.value?.winner ?? null);

/** Whether there is a capsule to perturb, and a decoder to draw it. */
const canPerturb = computed(() => {
  const { value } = networkState;
  return classification.value !== null && (value.status !== 'ready' || value.network.hasDecoder);
});

/**
 * The capsule with the offsets added, [classDim], and the network that it is of; null as long as the network in use has
 * not classified the subject.
 */
const perturbed = computed(() => {
  const label = perturbedClass.value;
  const { value } = networkState;
  if (!canPerturb.value || label === null || value.status !== 'ready') return null;
  if (classification.value?.by !== value) return null;
  const { classDim, id } = value.network;
  const capsule = classification.value.poses.slice(label * classDim, (label + 1) * classDim);
  return { label, of: id, capsule: capsule.map((component, dim) => component + (offsets.value[dim] ?? 0)) };
});

type Perturbed = NonNullable<typeof perturbed.value>;

/** The newest picture, and the capsule it is of; null without a capsule to perturb. While another is on its way, the one before. */
const newest = signal<{ readonly pixels: Float32Array; readonly capsule: Perturbed } | null>(null);

/** What the decoder makes of the perturbed capsule; null without one. */
export const decoded = computed(() => newest.value?.pixels ?? null);

/** Whether a newer picture is on its way. */
export const isDecoding = computed(
  () => canPerturb.value && (perturbed.value === null || perturbed.value !== newest.value?.capsule),
);

const decode = latest(async (asked: Perturbed) => {
  const pixels = await ask(remote => remote.decode(asked.of, asked.capsule, asked.label));
  if (pixels && canPerturb.value) newest.value = { pixels, capsule: asked };
});

/** Decodes the perturbed capsule whenever it changes, and begins anew with another digit. */
export function decodePerturbed(): void {
  effect(() => {
    if (image.value !== null) resetPerturbation();
  });
  effect(() => {
    if (!canPerturb.value) newest.value = null;
    else if (perturbed.value) decode(perturbed.value);
  });
}
