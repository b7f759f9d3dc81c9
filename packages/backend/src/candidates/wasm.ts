import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, optional, type WasmFile, type WasmPaths } from '../candidate';
import { registerWasmKernels } from '../wasm/register-wasm-kernels';
import { importCpu } from './cpu';

/**
 * WebAssembly, completed with the kernels that training needs.
 *
 * @param defaultPaths where the package's own files are
 */
export function wasm(defaultPaths: () => WasmPaths): Candidate {
  return {
    name: 'wasm',
    engineName: 'wasm',
    async prepare({ wasmPaths }) {
      const device = await load();
      Object.assign(paths!, eachFile(wasmPaths ?? defaultPaths()));
      return device;
    },
    // Paths that the caller gave stay.
    inspect: load,
  };

  async function load(): Promise<string> {
    const { setWasmPaths } = await optional(
      '@tensorflow/tfjs-backend-wasm',
      () => import('@tensorflow/tfjs-backend-wasm'),
    );
    // A few kernels are the cpu backend's; without it these say so when they are needed.
    await importCpu().catch(() => {});
    if (!paths) {
      paths = eachFile(defaultPaths());
      setWasmPaths(paths);
    }
    registerWasmKernels();
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const threads = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
    return `WebAssembly ${simd ? 'with' : 'without'} SIMD, ${threads ? 'several threads' : 'one thread'}`;
  }
}

/**
 * What tfjs reads when it starts the backend. It is told once and changed in place: after a start that failed, say for wrong
 * paths, `setWasmPaths` takes no others.
 */
let paths: Record<WasmFile, string> | undefined;

function eachFile(from: WasmPaths): Record<WasmFile, string> {
  if (typeof from !== 'string') return { ...from };
  return {
    'tfjs-backend-wasm.wasm': `${from}tfjs-backend-wasm.wasm`,
    'tfjs-backend-wasm-simd.wasm': `${from}tfjs-backend-wasm-simd.wasm`,
    'tfjs-backend-wasm-threaded-simd.wasm': `${from}tfjs-backend-wasm-threaded-simd.wasm`,
  };
}
