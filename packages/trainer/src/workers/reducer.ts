import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Workers that train one model together, each in a process of its own and on its rows of every batch. All of them call the same
 * methods in the same order, and a promise is fulfilled when all have. The tensors that it gives belong to the caller.
 *
 * A promise is rejected, with a CapsnetError `workers`, when another worker is gone or does not answer; the others are then
 * of no use any more.
 */
export interface Reducer {
  /** Which of them this one is, from 0 to size - 1. The first one keeps checkpoints. */
  readonly rank: number;
  /** How many train together. */
  readonly size: number;
  /**
   * The sum over all workers of these tensors, float32, times `weight`; a mean, if the weights add up to 1. It has the same bits
   * on every worker, and the same from run to run.
   */
  average(tensors: readonly Tensor[], weight: number): Promise<Tensor[]>;
  /** The tensors of rank 0, float32 or int32, bit for bit; the others give tensors of their shapes. */
  broadcast(tensors: readonly Tensor[]): Promise<Tensor[]>;
  /** What each worker says, in the order of their ranks. */
  gather(text: string): Promise<string[]>;
}
