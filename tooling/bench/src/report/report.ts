import type { Phase } from '../contenders/protocol';
import type { NetworkName } from '../networks/networks';
import { type ComparisonPlan, comparisonPlans } from '../plan';
import type { Turns } from './compare';
import type { Evaluation } from './evaluation';
import type { Latency } from './latency';
import type { Machine } from './machine';
import type { Serving } from './serving';
import { type TimeToAccuracy, targets } from './time-to-accuracy';

/** Everything that `--json` prints. */
export interface Report extends Measured {
  /** Ours / theirs: in speed, or of memory in peak bytes. Null where it could not be measured. */
  readonly ratios: Readonly<Record<string, number | null>>;
  /** Of ours in training: seconds in the kernel / seconds on the clock, by the name of the comparison. */
  readonly systemShares: Readonly<Record<string, number | null>>;
  readonly phases?: Readonly<Record<string, readonly Phase[]>>;
  readonly scaling?: readonly ScalingResult[];
  /** What could not be measured, and why. */
  readonly missing: Readonly<Record<string, string>>;
  readonly command: string;
  readonly maths: string;
  readonly threads: Readonly<Record<string, number>>;
  readonly machine: Machine;
  /** Programs that computed in the minute before, on average. An entry of an earlier version does not know it. */
  readonly load?: number;
  readonly commit: string | null;
  readonly date: string;
  /** Of the whole run. */
  readonly seconds: number;
}

/** What ratios are made of. An entry of an earlier version may lack all but the comparisons. */
export interface Measured {
  readonly comparisons: Readonly<Record<string, Comparison>>;
  /** Of one image, by network: ours on each backend, and PyTorch. */
  readonly latencies?: Readonly<Partial<Record<NetworkName, Latency>>>;
  readonly evaluation?: Evaluation;
  /** Over HTTP, by network. */
  readonly serving?: Readonly<Partial<Record<NetworkName, Serving>>>;
  readonly timeToAccuracy?: TimeToAccuracy;
}

export interface Comparison extends Turns, Pick<ComparisonPlan, 'backend' | 'network'> {}

/** Training on the native backend. */
export interface ScalingResult {
  readonly dimension: string;
  readonly value: number;
  readonly batch: number;
  readonly imagesPerSecond: number;
  readonly peakBytes: number | null;
}

export const contenderNames: Readonly<Record<string, string>> = {
  ours: 'capsnet',
  native: 'capsnet, native',
  wasm: 'capsnet, wasm',
  torchEager: 'PyTorch, eager',
  torchCompile: 'PyTorch, torch.compile',
  obvious: 'plain TensorFlow.js, native',
  tfjsWasm: 'plain TensorFlow.js, wasm',
  capsnetServe: '`capsnet serve`',
  oneByOne: 'capsnet, one image a call',
  torchBatches: 'PyTorch, in batches',
};

export const networkNames: Readonly<Record<NetworkName, string>> = {
  paper: "the paper's network",
  efficient: 'Efficient-CapsNet',
};

/** All ratios, null where a contender is missing. */
export function ratiosOf({
  comparisons,
  latencies,
  serving,
  timeToAccuracy,
}: Measured): Record<string, number | null> {
  const ratios: Record<string, number | null> = {};
  for (const [comparison, { rivals }] of Object.entries(comparisonPlans)) {
    const results = comparisons[comparison]?.results;
    for (const what of ['train', 'infer'] as const) {
      for (const [rival, versus] of Object.entries(rivals)) {
        ratios[`${comparison}.${what}.${versus}`] = ratio(
          results?.ours?.[what].imagesPerSecond,
          results?.[rival]?.[what].imagesPerSecond,
        );
      }
    }
  }
  const native = comparisons.native?.results;
  ratios['native.memory.vsTorch'] = ratio(native?.ours?.peakBytes, native?.torchEager?.peakBytes);
  for (const backend of ['native', 'wasm']) {
    for (const network of ['paper', 'efficient'] as const) {
      const results = latencies?.[network]?.results;
      const name = network === 'paper' ? backend : `${backend}.${network}`;
      ratios[`${name}.latency.vsTorchEager`] = ratio(results?.torchEager?.median, results?.[backend]?.median);
    }
  }
  for (const [network, { results }] of Object.entries(serving ?? {})) {
    const name = network === 'paper' ? 'serving' : `serving.${network}`;
    for (const [rival, versus] of Object.entries({ oneByOne: 'vsOneByOne', torchBatches: 'vsTorch' })) {
      ratios[`${name}.${versus}`] = ratio(
        results.capsnetServe?.requestsPerSecond,
        results[rival]?.requestsPerSecond,
      );
    }
  }
  targets.forEach((target, index) => {
    const results = timeToAccuracy?.results;
    ratios[`native.timeTo${100 * target}.vsTorchEager`] = ratio(
      results?.torchEager?.secondsTo[index],
      results?.ours?.secondsTo[index],
    );
  });
  return ratios;
}

/** Of ours in training, by comparison. */
export function systemSharesOf({ comparisons }: Measured): Record<string, number | null> {
  return Object.fromEntries(
    Object.keys(comparisonPlans).map(name => {
      const spent = comparisons[name]?.results.ours?.timeSpent;
      return [name, spent ? spent.system / spent.wall : null];
    }),
  );
}

function ratio(a: number | null | undefined, b: number | null | undefined): number | null {
  return a && b ? a / b : null;
}
