import type { NamedTensorMap } from '@tensorflow/tfjs-core';

export interface AdamOptions {
  /** Decay of the first moment. Default .9. */
  readonly beta1?: number;
  /** Decay of the second moment. Default .999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** An optimiser as `@capsnet/trainer` takes it. Its state and that of the trainer's own `adam` are interchangeable. */
export interface NativeAdam {
  /** Default 1e-3. */
  learningRate: number;
  /** Updates the variables; gradients by the names of the variables. @throws if one is missing; nothing has changed then */
  apply(gradients: NamedTensorMap): void;
  /** Everything the next update depends on, named after the variables; copies that the caller disposes of. */
  state(): NamedTensorMap;
  /** Copies what it needs. @throws if the state is not of these variables; nothing has changed then */
  restore(state: NamedTensorMap): void;
  /** Frees the optimiser's own tensors, not the variables. */
  dispose(): void;
}
