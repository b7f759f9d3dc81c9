/** What `native/memory.cc` exports. */
export interface MemoryAccess {
  /** An array over memory that belongs to somebody else; not to be touched when that is no longer there. */
  arrayAt(address: bigint, floats: number): Float32Array;
  /** into = a times its weight + b times its weight; all of one length, and `into` may be one of them. */
  addWeighted(
    into: Float32Array,
    a: Float32Array,
    weightOfA: number,
    b: Float32Array,
    weightOfB: number,
  ): void;
}

let loaded: MemoryAccess | undefined;

export function useMemoryAccess(access: MemoryAccess): void {
  loaded = access;
}

/** Undefined where the native backend has never been in use, or has no operations of ours. */
export function loadedMemoryAccess(): MemoryAccess | undefined {
  return loaded;
}
