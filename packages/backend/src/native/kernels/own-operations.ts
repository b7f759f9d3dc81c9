let build: string | undefined;

/** Tells that our operations are loaded, and what stands at the end of their names. */
export function useOwnOperations(of: string): void {
  build = of;
}

/** The name that TensorFlow knows an operation of ours by; undefined where they are not loaded. */
export function ownOperation(name: string): string | undefined {
  return build && `Capsnet${name}_${build}`;
}
