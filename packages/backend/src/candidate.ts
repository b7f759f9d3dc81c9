import type { BackendName } from './backend-name';

/** One backend as `pickBackend` tries it. Each is imported only when its turn comes: every one of them is optional. */
export interface Candidate {
  readonly name: BackendName;
  /** Its name in the engine of tfjs. */
  readonly engineName: string;
  /**
   * Imports and configures the backend, so that `setBackend(engineName)` can follow; the backend in use stays.
   *
   * @returns the device it computes on, for people to read
   * @throws an error whose message is the reason why it is not available
   */
  prepare(options: PrepareOptions): Promise<string>;
  /** The same question without a trace in this process, where `prepare` leaves one. */
  inspect?(): Promise<string>;
  /** What is known of a start that failed after `prepare`, and what to do. */
  explainFailedStart?(): Promise<string>;
}

export interface PrepareOptions {
  /** Whether the user named this backend: one that would be too slow to choose is then acceptable. */
  readonly asked: boolean;
  readonly wasmPaths?: WasmPaths | undefined;
}

/** Where the three files of `@tensorflow/tfjs-backend-wasm/dist/*.wasm` are served: their folder, or an address for each. */
export type WasmPaths = string | Readonly<Record<WasmFile, string>>;
export type WasmFile =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/**
 * Turns the failed import of an optional package into one line. Each such `import()` stands in a `try` of its own: by this form
 * bundlers see that the package may be missing, and build all the same.
 *
 * @param cause what the `import()` threw
 */
export function notImported(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  // The second is of webpack and Turbopack, which put an error where a package is missing.
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return new Error(missing ? `${name} is not installed` : `${name} cannot be loaded: ${reason}`, { cause });
}

/** Renderers that compute on the processor, more slowly than wasm does. Not every browser counts them as such. */
export const inSoftware = /swiftshader|llvmpipe|softpipe|software|basic render/i;
