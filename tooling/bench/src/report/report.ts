import type { Phase } from '../contenders/protocol';
import type { Comparison } from './compare';

/** Everything that `--json` prints. */
export interface Report {
  /** Ours / theirs, in images per second; of memory in peak bytes. Null where it could not be measured. */
  readonly ratios: Readonly<Record<string, number | null>>;
  readonly comparisons: Readonly<Record<string, Comparison>>;
  readonly phases?: Readonly<Record<string, readonly Phase[]>>;
  readonly scaling?: readonly ScalingResult[];
  /** What could not be measured, and why. */
  readonly missing: Readonly<Record<string, string>>;
  readonly command: string;
  readonly maths: string;
  readonly threads: Readonly<Record<string, number>>;
  readonly machine: Machine;
  readonly commit: string | null;
  readonly date: string;
  /** Of the whole run. */
  readonly seconds: number;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

/** Training on the native backend. */
export interface ScalingResult {
  readonly dimension: string;
  readonly value: number;
  readonly batch: number;
  readonly imagesPerSecond: number;
  readonly peakBytes: number | null;
}

/** The contenders of each backend, ours first, and how the ratios call the others. */
export const contenders = {
  native: { ours: 'ours', torchEager: 'vsTorchEager', torchCompile: 'vsTorchCompile', obvious: 'vsObvious' },
  wasm: { ours: 'ours', tfjsWasm: 'vsTfjsWasm', torchEager: 'vsTorchEager' },
} as const;

export const contenderNames: Readonly<Record<string, string>> = {
  ours: 'capsnet',
  torchEager: 'PyTorch, eager',
  torchCompile: 'PyTorch, torch.compile',
  obvious: 'plain TensorFlow.js, native',
  tfjsWasm: 'plain TensorFlow.js, wasm',
};

/** All ratios, null where a contender is missing. */
export function ratiosOf(comparisons: Report['comparisons']): Record<string, number | null> {
  const ratios: Record<string, number | null> = {};
  for (const [backend, names] of Object.entries(contenders)) {
    const results = comparisons[backend]?.results;
    for (const what of ['train', 'infer'] as const) {
      for (const [name, versus] of Object.entries(names)) {
        if (name === 'ours') continue;
        const [ourTiming, theirTiming] = [results?.ours?.[what], results?.[name]?.[what]];
        ratios[`${backend}.${what}.${versus}`] =
          ourTiming && theirTiming ? ourTiming.imagesPerSecond / theirTiming.imagesPerSecond : null;
      }
    }
  }
  const native = comparisons.native?.results;
  const [ourPeak, theirPeak] = [native?.ours?.peakBytes, native?.torchEager?.peakBytes];
  ratios['native.memory.vsTorch'] = ourPeak && theirPeak ? ourPeak / theirPeak : null;
  return ratios;
}
