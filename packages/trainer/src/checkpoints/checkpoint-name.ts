import { CapsnetError } from '@capsnet/checks';
import type { CheckpointEntry } from './checkpoint';

/** What the name of a checkpoint says: `step-00000469`, `best-00000469`, or `step-00000469-2` once written anew. */
export interface CheckpointName extends CheckpointEntry {
  /** Counts from 1. */
  readonly revision: number;
}

/** The name of the next checkpoint of this step, which none of those that are there has. */
export function nextName(
  { step, isBest }: { readonly step: number; readonly isBest: boolean },
  present: readonly CheckpointName[],
): CheckpointName {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new CapsnetError('invalid-argument', `checkpoint: expected a step of 0 or more, found ${step}`);
  }
  const revisions = present.filter(isOf({ step, isBest })).map(({ revision }) => revision);
  const revision = Math.max(0, ...revisions) + 1;
  return { name: format(step, isBest, revision), step, isBest, revision };
}

/** The names among these that are of checkpoints, oldest first. */
export function checkpointNames(names: readonly string[]): CheckpointName[] {
  return names
    .map(parseName)
    .filter(parsed => parsed !== null)
    .sort((a, b) => a.step - b.step || Number(a.isBest) - Number(b.isBest) || a.revision - b.revision);
}

/** What a name says; null if it is not exactly as a store writes it. */
export function parseName(name: string): CheckpointName | null {
  const [, kind, digits, again = '1'] = /^(step|best)-(\d{8,16})(?:-(\d{1,9}))?$/.exec(name) ?? [];
  const isBest = kind === 'best';
  const step = Number(digits);
  const revision = Number(again);
  return name === format(step, isBest, revision) ? { name, step, isBest, revision } : null;
}

/**
 * Which checkpoints have to go, now that one was written. Those of later steps stay: they are the damaged ones that a
 * resumed run passed over, until it comes by there again.
 *
 * @param keep number of ordinary checkpoints that stay, and one of the best
 */
export function outdated(
  present: readonly CheckpointName[],
  written: CheckpointName,
  keep: number,
): CheckpointName[] {
  const others = present.filter(({ name, step }) => name !== written.name && step <= written.step);
  const replaced = others.filter(isOf(written));
  const rest = others.filter(other => !replaced.includes(other));
  const ordinary = rest.filter(({ isBest }) => !isBest);
  const best = rest.filter(({ isBest }) => isBest);
  return [
    ...replaced,
    ...ordinary.slice(0, Math.max(0, ordinary.length - (written.isBest ? keep : keep - 1))),
    ...best.slice(0, written.isBest ? best.length : -1),
  ];
}

export function checkKeep(keep: number): void {
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new CapsnetError(
      'invalid-argument',
      `checkpoints: expected keep to be a positive integer, found ${keep}`,
    );
  }
}

function isOf(one: { readonly step: number; readonly isBest: boolean }) {
  return (other: CheckpointName) => other.step === one.step && other.isBest === one.isBest;
}

function format(step: number, isBest: boolean, revision: number): string {
  const again = revision > 1 ? `-${revision}` : '';
  return `${isBest ? 'best' : 'step'}-${String(step).padStart(8, '0')}${again}`;
}
