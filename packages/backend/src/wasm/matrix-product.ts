import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { matrixProductBinary } from './matrix-product-binary';

/** A matrix in the backend's memory: bytes from the beginning of it, and from one row or column to the next. */
export interface Matrix {
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

/** Writes the product [m, n] of matrices [m, k] and [k, n], row by row from `out` on; nothing of it needs to be there before. */
export type Multiply = (m: number, n: number, k: number, a: Matrix, b: Matrix, out: number) => void;

const found = new WeakMap<BackendWasm, Multiply | null>();

/**
 * Our own product of matrices (`assembly/matrix-product.ts`), which works on the backend's memory; null where it cannot:
 * without SIMD, or where the backend has threads, which its own product uses.
 */
export function matrixProduct(backend: BackendWasm): Multiply | null {
  let multiply = found.get(backend);
  if (multiply === undefined) {
    multiply = connect(backend.wasm as unknown as Emscripten);
    found.set(backend, multiply);
  }
  return multiply;
}

/** What of the backend's compiled program is used here. */
interface Emscripten {
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  readonly _malloc: (bytes: number) => number;
}

interface Exports {
  scratchBytes(): number;
  multiply(...sizesAndOffsets: number[]): void;
}

function connect({ asm, _malloc }: Emscripten): Multiply | null {
  const memory = asm?.memory;
  const binary = Uint8Array.from(atob(matrixProductBinary), character => character.charCodeAt(0));
  if (!memory || !(memory.buffer instanceof ArrayBuffer) || !WebAssembly.validate(binary)) return null;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  const exports = instance.exports as unknown as Exports;
  // Kept as long as the backend.
  const scratch = _malloc(exports.scratchBytes());
  return (m, n, k, a, b, out) =>
    exports.multiply(m, n, k, a.offset, a.row, a.column, b.offset, b.row, b.column, out, scratch);
}
