import { type CapsNetConfig, paperConfig } from '@capsnet/core';
import type { Rounds } from './report/compare';

/** The paper's network for MNIST and the paper's losses, on both sides; all gradients. */
export const config: CapsNetConfig = paperConfig;

export type BackendChoice = 'native' | 'wasm';

/** How much is timed. */
export interface Plan {
  readonly native: Rounds;
  readonly wasm: Rounds;
  /** Steps of which phases and points of the scaling are the median. */
  readonly steps: number;
}

export const fullPlan: Plan = {
  native: { batch: 128, rounds: 8, steps: 2, warmUp: 3 },
  wasm: { batch: 32, rounds: 5, steps: 1, warmUp: 2 },
  steps: 5,
};

/** Less than 5 minutes on 2 cores. */
export const quickPlan: Plan = {
  native: { batch: 128, rounds: 3, steps: 2, warmUp: 2 },
  wasm: { batch: 32, rounds: 3, steps: 1, warmUp: 2 },
  steps: 3,
};

/** One dimension of the problem at a time, the others as in {@link config}. */
export interface ScalingPoint {
  readonly dimension: 'batch' | 'iterations' | 'primary channels' | 'image size';
  readonly value: number;
  readonly config: CapsNetConfig;
  readonly batch: number;
}

export function scalingPoints(batch: number, from: CapsNetConfig = config): ScalingPoint[] {
  return [
    ...[8, 32, 64, 128, 256].map(value => ({
      dimension: 'batch' as const,
      value,
      config: from,
      batch: value,
    })),
    ...[1, 2, 3, 5].map(iterations => ({
      dimension: 'iterations' as const,
      value: iterations,
      config: { ...from, routing: { ...from.routing, iterations } },
      batch,
    })),
    ...[8, 16, 32, 64].map(channels => ({
      dimension: 'primary channels' as const,
      value: channels,
      config: { ...from, primary: { ...from.primary, channels } },
      batch,
    })),
    ...[20, 28, 36, 44].map(size => ({
      dimension: 'image size' as const,
      value: size,
      config: { ...from, image: { ...from.image, height: size, width: size } },
      batch,
    })),
  ];
}
