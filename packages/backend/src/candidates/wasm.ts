import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, notImported, type WasmFile, type WasmPaths } from '../candidate';
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
      const device = await load(wasmPaths);
      Object.assign(paths!, eachFile(wasmPaths ?? defaultPaths()));
      return device;
    },
    // Paths that the caller gave stay.
    inspect: () => load(),
    async explainFailedStart() {
      const file = startedFile();
      return `with the file ${file}${await problemOf(file)}; say in wasmPaths where the files of @tensorflow/tfjs-backend-wasm/dist/*.wasm are served`;
    },
  };

  async function load(wasmPaths?: WasmPaths): Promise<string> {
    expectWebAssembly();
    const { setWasmPaths } = await importWasm();
    // A few kernels are the cpu backend's; without it these say so when they are needed.
    await importCpu().catch(() => {});
    if (!paths) {
      paths = eachFile(wasmPaths ?? defaultPaths());
      setWasmPaths(paths);
    }
    keepToOneThread();
    registerWasmKernels();
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    const threads = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
    return `WebAssembly ${simd ? 'with' : 'without'} SIMD, ${threads ? 'several threads' : 'one thread'}`;
  }
}

/**
 * tfjs makes its threads of the text of functions, on pages that are isolated from other origins. A page's policy of content forbids
 * that, and a minifier breaks it: it then waits for them for ever. Who has set the flag before, or has it in the address of the page, gets them.
 */
function keepToOneThread(): void {
  const flag = 'WASM_HAS_MULTITHREAD_SUPPORT';
  if (!(flag in tf.env().getFlags())) tf.env().set(flag, false);
}

/** Asks for what a start needs before tfjs does, which would tell the console alone what is missing. */
function expectWebAssembly(): void {
  if (typeof WebAssembly === 'undefined') throw new Error('there is no WebAssembly here');
  try {
    // Engines reserve addresses, used or not, for all that a memory may grow to: 10 GB in Node.
    new WebAssembly.Memory({ initial: 1 });
  } catch (cause) {
    throw new Error(
      `${(cause as Error).message}; a limit on the size of a process, as of \`ulimit -v\`, has to leave it 12 GB`,
      {
        cause,
      },
    );
  }
}

async function importWasm() {
  try {
    return await import('@tensorflow/tfjs-backend-wasm');
  } catch (cause) {
    throw notImported('@tensorflow/tfjs-backend-wasm', cause);
  }
}

/** The address of the one of the three files that tfjs starts here. */
function startedFile(): string {
  const simd = tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
  const threads = tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT');
  const name = simd && threads ? '-threaded-simd' : simd ? '-simd' : '';
  return paths![`tfjs-backend-wasm${name}.wasm`];
}

/** Why a page cannot start a file, which tfjs tells the console alone. */
async function problemOf(file: string): Promise<string> {
  if (!globalThis.location) return '';
  try {
    const response = await fetch(file);
    if (!response.ok) return `: HTTP status ${response.status}`;
    await WebAssembly.compile(await response.arrayBuffer());
    return '';
  } catch (error) {
    return `: ${(error as Error).message}`;
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
