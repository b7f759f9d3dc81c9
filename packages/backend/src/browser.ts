import { CapsnetError } from '@capsnet/checks';
import type { Variable } from '@tensorflow/tfjs-core';
import type { WasmPaths } from './candidate';
import { cpu } from './candidates/cpu';
import { wasm } from './candidates/wasm';
import { webgl } from './candidates/webgl';
import { webgpu } from './candidates/webgpu';
import type { AdamOptions, NativeAdam } from './native-adam';
import { type BackendState, listFrom, type PickedBackend, type PickOptions, pickFrom } from './pick-backend';
import type { JoinOptions, Workers } from './training-workers';

export type { BackendName } from './backend-name';
export { backendNames } from './backend-name';
export type { WasmPaths } from './candidate';
export type { AdamOptions, NativeAdam } from './native-adam';
export type { BackendState, PickedBackend, PickOptions } from './pick-backend';
export type { JoinOptions, Workers } from './training-workers';
export { registerWasmKernels } from './wasm/register-wasm-kernels';

const candidates = [webgpu, webgl, wasm(bundledFiles), cpu];

/**
 * Sets the fastest TensorFlow.js backend that works here: WebGPU, WebGL, wasm, cpu.
 * Nothing needs to be imported before, and whatever optional package is not installed is skipped with that reason.
 *
 * @throws {@link CapsnetError} `unavailable`, with the reason, when the backend required by `only` is not available; the backend
 * in use then stays. `invalid-argument` for a name that is none
 */
export async function pickBackend(options: PickOptions = {}): Promise<PickedBackend> {
  return pickFrom(candidates, options);
}

/** The state of every backend on this machine, fastest first. The backend in use stays. */
export async function listBackends(): Promise<BackendState[]> {
  return listFrom(candidates);
}

/** The native backend is for Node, so in a browser there is no such optimiser. */
export function nativeAdam(
  _variables: Readonly<Record<string, Variable>>,
  _options?: AdamOptions,
): NativeAdam | undefined {
  return undefined;
}

/** @throws {@link CapsnetError} `unavailable`: workers connect with each other in Node */
export async function joinWorkers(_options: JoinOptions): Promise<Workers> {
  throw new CapsnetError(
    'unavailable',
    'workers: expected Node, in which they can connect with each other, found a browser',
  );
}

/**
 * Copies of the files of `@tensorflow/tfjs-backend-wasm`, which the build puts here: bundlers find a file by this form of address
 * when it is relative, but not all of them one that begins with the name of a package.
 */
function bundledFiles(): WasmPaths {
  return {
    'tfjs-backend-wasm.wasm': new URL('../dist/wasm/tfjs-backend-wasm.wasm', import.meta.url).href,
    'tfjs-backend-wasm-simd.wasm': new URL('../dist/wasm/tfjs-backend-wasm-simd.wasm', import.meta.url).href,
    'tfjs-backend-wasm-threaded-simd.wasm': new URL(
      '../dist/wasm/tfjs-backend-wasm-threaded-simd.wasm',
      import.meta.url,
    ).href,
  };
}
