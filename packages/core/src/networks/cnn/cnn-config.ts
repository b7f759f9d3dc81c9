import type { CapsNetConfig } from '../capsnet/capsnet-config';

/** A convolutional network without capsules, as data: what capsule networks are compared with. */
export interface CnnConfig {
  readonly image: CapsNetConfig['image'];
  readonly classes: number;
  /** ReLU convolutions, whose output is as large as their input (`same` padding) over the stride. */
  readonly convolutions: readonly {
    readonly filters: number;
    readonly kernel: number;
    readonly stride: number;
    /** The largest of so many by so many values goes on. Default 1: all of them. */
    readonly pool?: number;
  }[];
  /** Units of the ReLU layers before the one of the classes. */
  readonly dense: readonly number[];
  /** Which share of the last of those is dropped in training: from 0 to below 1. */
  readonly dropout: number;
  /** Seed of the initial weights and of dropout: an integer from 0. */
  readonly seed: number;
}
