/** TensorFlow's collective operations, as `native/collectives.cc` exports them. Promises are rejected when a worker is lost. */
export interface Collectives {
  /**
   * @param server  a ServerDef of TensorFlow, as protobuf
   * @param address the IPv4 address of this machine at which connections are taken; "" for all
   * @throws an error when the port cannot be had
   */
  joinGroup(server: Uint8Array, rank: number, size: number, port: number, address: string): Group;
  /** `instance` is a number of its own for each call, the same on every worker; so for the following. */
  sum(group: Group, instance: number, values: readonly Float32Array[], weight: number): Promise<Float32Array>;
  /** As many values on every worker. */
  gather(group: Group, instance: number, values: Int32Array): Promise<Int32Array>;
  /** Rank 0 gives the values, the others how many there are. */
  broadcast(group: Group, instance: number, values: Float32Array | number): Promise<Float32Array>;
  /** Rejected unless that worker answers in so many milliseconds. */
  checkWorker(group: Group, rank: number, milliseconds: number): Promise<void>;
  /** What is waited for is rejected, on all workers. */
  abortGroup(group: Group, reason: string): void;
}

/** A server and its connections, for as long as the process lives. */
export type Group = { readonly __group: never };

let loaded: Collectives | undefined;

export function useCollectives(collectives: Collectives): void {
  loaded = collectives;
}

/** Undefined where the native backend is not in use, or has no operations of ours. */
export function loadedCollectives(): Collectives | undefined {
  return loaded;
}
