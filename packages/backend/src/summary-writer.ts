import type { Tensor } from '@tensorflow/tfjs-core';

/** Writes a TensorBoard event file. */
export interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  /** The distribution of a tensor's values, whatever its shape. */
  histogram(name: string, values: Tensor, step: number): void;
  /** Writes to disk what is still in memory; also happens every two minutes and when the process ends. */
  flush(): void;
}
