import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { cpu } from './candidates/cpu';
import { native } from './candidates/native';
import { wasm } from './candidates/wasm';
import { webgl } from './candidates/webgl';
import { webgpu } from './candidates/webgpu';
import { type BackendState, listFrom, type PickedBackend, type PickOptions, pickFrom } from './pick-backend';

export type { BackendName } from './backend-name';
export { backendNames } from './backend-name';
export type { WasmPaths } from './candidate';
export { nativeAdam } from './native/kernels/adam';
export type { AdamOptions, NativeAdam } from './native-adam';
export type { BackendState, PickedBackend, PickOptions } from './pick-backend';
export type { JoinOptions, Workers } from './training-workers';
export { registerWasmKernels } from './wasm/register-wasm-kernels';
export { joinWorkers } from './workers/join-workers';

const candidates = [native, webgpu, webgl, wasm(wasmFolder), cpu];

/**
 * Sets the fastest TensorFlow.js backend that works here: native, WebGPU, WebGL, wasm, cpu.
 * Nothing needs to be imported before, and whatever optional package is not installed is skipped with that reason.
 *
 * @throws {@link CapsnetError} `unavailable`, with the reason, when the backend required by `only` is not available; the backend
 * in use then stays. `invalid-argument` for a name that is none
 */
export async function pickBackend(options: PickOptions = {}): Promise<PickedBackend> {
  return pickFrom(candidates, options, process.env.CAPSNET_BACKEND);
}

/** The state of every backend on this machine, fastest first. The backend in use stays. */
export async function listBackends(): Promise<BackendState[]> {
  return listFrom(candidates);
}

function wasmFolder(): string {
  // A bundle in CommonJS has no address, and Next numbers in the place of files.
  const file: unknown =
    import.meta.url && createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  if (typeof file === 'string' && file !== '') return dirname(file) + sep;
  throw new Error(
    'a bundle for servers cannot find its files: leave @capsnet/backend out of it, or say in wasmPaths where they are',
  );
}
