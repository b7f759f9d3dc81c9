import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';

/** Anything that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Tensors by the names of the variables they belong to. */
export type NamedTensors = NamedTensorMap;

/** Averages by name: `loss`, `accuracy` and whatever else the model reports. */
export type Metrics = Readonly<Record<string, number>>;

/**
 * What one step consumes. All batches of a source have the same shapes.
 * Whoever called `next()` disposes of the batch.
 */
export interface Batch {
  /** Number of real rows; the rows after them pad the last batch of an evaluation. */
  readonly count: number;
  dispose(): void;
}

/** The model side: masks and losses are its business. */
export interface Trainable<B> {
  /** By stable names. A variable with `trainable = false` is saved with the others and never updated by the optimiser. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Differentiable; called inside `tf.variableGrads`. */
  loss(batch: B): { readonly loss: Scalar; readonly metrics: Readonly<Record<string, Scalar>> };
  /**
   * Values of each row of the batch, padding included: tensors [batch], `loss` among them and mostly `accuracy` (0 or 1), of
   * which the means are metrics, and any others [batch, ...].
   */
  evaluate(batch: B): Readonly<NamedTensors>;
}

/**
 * The data side: it owns its random numbers and its position.
 * Endless: after `batchesPerEpoch` batches a new epoch begins (a training source reshuffles).
 */
export interface BatchSource<B> {
  readonly batchesPerEpoch: number;
  next(): B | Promise<B>;
  state(): Json;
  restore(state: Json): void;
}

/** Made by a function of the variables. The trainer sets `learningRate` before each step. */
export interface Optimizer {
  learningRate: number;
  /** Updates the variables; gradients by the names the trainable gives its variables. */
  apply(gradients: NamedTensors): void;
  /** Everything the next update depends on, named after the variables; copies that the caller disposes of. */
  state(): NamedTensors;
  /** Copies what it needs. @throws if the state is not of these variables; nothing has changed then */
  restore(state: NamedTensors): void;
  /** Frees the optimiser's own tensors, not the variables. */
  dispose(): void;
}
