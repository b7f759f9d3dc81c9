import type { Phase } from './protocol';

/** What a network says of images. */
export interface Inference {
  /** Of the class capsules, [batch, classes]. */
  readonly lengths: Float32Array;
  /** What the decoder makes of each image's longest capsule, [batch, height, width, channels]. */
  readonly reconstructions: Float32Array;
}

/** The most active class of each image, and its activation: each [batch]. */
export interface Classification {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/** One way to compute a problem, loaded and ready. */
export interface Contender {
  readonly versions: Readonly<Record<string, string>>;
  /** One step of Adam on the first rows; gives the loss before it. A new batch size starts a new Adam. */
  train(batch: number): Promise<number>;
  infer(batch: number): Inference;
  /** As an application asks for it. */
  classify?(batch: number): Promise<Classification>;
  /** One step of Adam on the next batch of the course; gives the loss before it. */
  learn?(): Promise<number>;
  /** The accuracy on the course's validation split. */
  accuracy?(): Promise<number>;
  /** Where the time of a training step goes: median of some steps, which do not train. */
  phases?(batch: number, steps: number): readonly Phase[];
}
