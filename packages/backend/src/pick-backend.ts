import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, backendNames, parseBackendNames } from './backend-name';
import type { Candidate, WasmPaths } from './candidate';

export interface PickOptions {
  /**
   * Tried first, in this order; then the others, fastest first.
   * In Node the environment variable `CAPSNET_BACKEND` (names separated by commas) stands in when not given.
   */
  readonly prefer?: BackendName | readonly BackendName[] | undefined;
  /** This one or an error. */
  readonly only?: BackendName | undefined;
  /**
   * In a browser, where the files of `@tensorflow/tfjs-backend-wasm/dist/*.wasm` are served. By default copies in this
   * package, where the bundler put them.
   */
  readonly wasmPaths?: WasmPaths | undefined;
}

export interface PickedBackend {
  readonly name: BackendName;
  /** What it computes on, for people to read: processor and TensorFlow's version, or the graphics renderer. */
  readonly device: string;
  /** What was tried before, and why it is not in use. */
  readonly skipped: readonly { readonly name: BackendName; readonly reason: string }[];
}

/** A backend's state on this machine: available, with its device, or not, with the reason. */
export type BackendState =
  | { readonly name: BackendName; readonly available: true; readonly device: string }
  | { readonly name: BackendName; readonly available: false; readonly reason: string };

/** Sets the first backend that works. The engine keeps the backend it had when none does. */
export async function pickFrom(
  candidates: readonly Candidate[],
  options: PickOptions,
  environment?: string,
): Promise<PickedBackend> {
  expectKnownOptions('pickBackend', options, ['prefer', 'only', 'wasmPaths']);
  const { prefer, only, wasmPaths } = options;
  const asked = new Set(askedFor(prefer, only, environment));
  const order = only ? [...asked] : [...asked, ...backendNames];
  const skipped: { name: BackendName; reason: string }[] = [];
  for (const name of new Set(order)) {
    try {
      const candidate = find(candidates, name);
      const device = await candidate.prepare({ asked: asked.has(name), wasmPaths });
      await start(candidate);
      return { name, device, skipped };
    } catch (error) {
      skipped.push({ name, reason: reason(error) });
    }
  }
  if (only)
    throw new CapsnetError('unavailable', `backend "${only}" is not available: ${skipped[0]!.reason}`);
  throw new CapsnetError(
    'unavailable',
    `no backend is available: ${skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`,
  );
}

function askedFor(
  prefer: PickOptions['prefer'],
  only: BackendName | undefined,
  environment = '',
): BackendName[] {
  if (only !== undefined) return parseBackendNames([only], 'only');
  if (prefer !== undefined) return parseBackendNames([prefer].flat(), 'prefer');
  const names = environment.split(',').map(name => name.trim());
  return parseBackendNames(names.filter(Boolean), 'CAPSNET_BACKEND');
}

async function start({ engineName, explainFailedStart }: Candidate): Promise<void> {
  const before = tf.getBackend();
  // A backend whose start fails stays the current one by name, so the boolean counts.
  if (await tf.setBackend(engineName)) return;
  if (before) await tf.setBackend(before);
  throw new Error(['its start failed', await explainFailedStart?.()].filter(Boolean).join(' '));
}

/** Asks every backend for its state; the backend in use stays. */
export function listFrom(candidates: readonly Candidate[]): Promise<BackendState[]> {
  return Promise.all(
    backendNames.map(async (name): Promise<BackendState> => {
      try {
        const candidate = find(candidates, name);
        const device = await (candidate.inspect?.() ?? candidate.prepare({ asked: false }));
        return { name, available: true, device };
      } catch (error) {
        return { name, available: false, reason: reason(error) };
      }
    }),
  );
}

function find(candidates: readonly Candidate[], name: BackendName): Candidate {
  const candidate = candidates.find(each => each.name === name);
  if (!candidate) throw new Error('needs Node');
  return candidate;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
