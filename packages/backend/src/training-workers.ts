import type { Tensor } from '@tensorflow/tfjs-core';

export interface JoinOptions {
  /** `name:port` of every worker, in the order of their ranks. */
  readonly hosts: readonly string[];
  /** Which of them this one is. Default: the one whose address is this machine's. */
  readonly rank?: number | undefined;
  /** What only workers of this training know: who does not prove that it does is not let in. Default: none. */
  readonly secret?: string | undefined;
  /** Is told which workers are missing, at first and whenever there are fewer. */
  readonly onWaiting?: ((missing: readonly string[]) => void) | undefined;
  /** Ends the wait; the promise is then rejected with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Workers in several processes, as `@capsnet/trainer` takes them for its option `reducer`. */
export interface Workers {
  readonly rank: number;
  readonly size: number;
  /** `name:port` of each. */
  readonly hosts: readonly string[];
  /** On which address connections were taken until all had joined: IPv4, or null for every address of the machine. */
  readonly listensOn: string | null;
  average(tensors: readonly Tensor[], weight: number): Promise<Tensor[]>;
  broadcast(tensors: readonly Tensor[]): Promise<Tensor[]>;
  gather(text: string): Promise<string[]>;
  /** At the end: waits until every worker has all that it was sent. */
  leave(): Promise<void>;
}
