import { type CapsNetConfig, paperConfig } from '@capsnet/core';
import type { NetworkName } from './networks/networks';
import type { StepRounds } from './report/compare';
import type { CallRounds } from './report/latency';
import type { ServingRounds } from './report/serving';

export type BackendChoice = 'native' | 'wasm';

/** Ours on one backend, one network and one batch size, against others. */
export interface ComparisonPlan {
  readonly backend: BackendChoice;
  readonly network: NetworkName;
  readonly batch: number;
  /** The others, by how a ratio to each is called. */
  readonly rivals: Readonly<Partial<Record<Rival, string>>>;
}

export type Rival = 'obvious' | 'tfjsWasm' | 'torchEager' | 'torchCompile';

/** What is compared, by what a ratio's name begins with. */
export const comparisonPlans = {
  native: {
    backend: 'native',
    network: 'paper',
    batch: 128,
    rivals: { torchEager: 'vsTorchEager', torchCompile: 'vsTorchCompile', obvious: 'vsObvious' },
  },
  'native.batch16': {
    backend: 'native',
    network: 'paper',
    batch: 16,
    rivals: { torchEager: 'vsTorchEager' },
  },
  'native.efficient': {
    backend: 'native',
    network: 'efficient',
    batch: 32,
    rivals: { torchEager: 'vsTorchEager' },
  },
  wasm: {
    backend: 'wasm',
    network: 'paper',
    batch: 32,
    rivals: { tfjsWasm: 'vsTfjsWasm', torchEager: 'vsTorchEager' },
  },
} as const satisfies Record<string, ComparisonPlan>;

export type ComparisonName = keyof typeof comparisonPlans;

/** How much is timed. */
export interface Plan {
  readonly comparisons: Readonly<Record<ComparisonName, StepRounds>>;
  readonly latency: CallRounds;
  /** How often the command line evaluates. */
  readonly evaluations: number;
  /** Steps of which phases and points of the scaling are the median. */
  readonly steps: number;
  readonly serving: ServingRounds;
}

export const fullPlan: Plan = {
  comparisons: {
    native: { rounds: 8, steps: 2, warmUp: 3 },
    'native.batch16': { rounds: 8, steps: 4, warmUp: 3 },
    'native.efficient': { rounds: 8, steps: 4, warmUp: 3 },
    wasm: { rounds: 5, steps: 1, warmUp: 2 },
  },
  latency: { rounds: 5, calls: 20, warmUp: 10 },
  evaluations: 3,
  steps: 5,
  serving: { rounds: 5, seconds: 4, warmUp: 3, clients: 64 },
};

/** Less than 5 minutes on 2 cores. */
export const quickPlan: Plan = {
  comparisons: {
    native: { rounds: 3, steps: 2, warmUp: 2 },
    'native.batch16': { rounds: 3, steps: 3, warmUp: 2 },
    'native.efficient': { rounds: 3, steps: 3, warmUp: 2 },
    wasm: { rounds: 3, steps: 1, warmUp: 2 },
  },
  latency: { rounds: 5, calls: 20, warmUp: 10 },
  evaluations: 1,
  steps: 3,
  serving: { rounds: 2, seconds: 3, warmUp: 2, clients: 64 },
};

/** How accuracy is learnt: the paper's network on MNIST's training images. */
export const coursePlan = { batch: 128, heldBack: 5000, measuredPerEpoch: 4 };

/** One dimension of the problem at a time, the others as in the paper's network. */
export interface ScalingPoint {
  readonly dimension: 'batch' | 'iterations' | 'primary channels' | 'image size';
  readonly value: number;
  readonly config: CapsNetConfig;
  readonly batch: number;
}

export function scalingPoints(batch: number, from: CapsNetConfig = paperConfig): ScalingPoint[] {
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
