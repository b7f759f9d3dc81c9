import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, optional, type WasmPaths } from '../candidate';
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
      const { setWasmPaths } = await optional(
        '@tensorflow/tfjs-backend-wasm',
        () => import('@tensorflow/tfjs-backend-wasm'),
      );
      // A few kernels are the cpu backend's; without it these say so when they are needed.
      await importCpu().catch(() => {});
      setWasmPaths(wasmPaths ?? defaultPaths());
      registerWasmKernels();
      const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
      const threads = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
      return `WebAssembly ${simd ? 'with' : 'without'} SIMD, ${threads ? 'several threads' : 'one thread'}`;
    },
  };
}
