import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

/** One line of `metrics.jsonl`: a training step, or an evaluation. */
export interface Measurement {
  readonly split: 'train' | 'validation' | 'test';
  /** Steps done so far, from 1. */
  readonly step: number;
  /** The epoch that the step belongs to, from 1. */
  readonly epoch: number;
  /** Means per image. */
  readonly loss: number;
  readonly accuracy: number;
  readonly margin?: number | undefined;
  readonly reconstruction?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Of this step alone. */
  readonly imagesPerSecond?: number | undefined;
  /** Since the run began, without the time between an interruption and its resumption. */
  readonly seconds: number;
}

const columns = [
  'split',
  'step',
  'epoch',
  'loss',
  'accuracy',
  'margin',
  'reconstruction',
  'learningRate',
  'imagesPerSecond',
  'seconds',
] as const satisfies readonly (keyof Measurement)[];

const count = z.int().min(1);
const number = z.number();

const measurementSchema: z.ZodType<Measurement> = z.object({
  split: z.enum(['train', 'validation', 'test']),
  step: count,
  epoch: count,
  loss: number,
  accuracy: number,
  margin: number.optional(),
  reconstruction: number.optional(),
  learningRate: number.optional(),
  imagesPerSecond: number.optional(),
  seconds: number.min(0),
});

export interface MetricsLog {
  /** What has been measured so far, resumed runs included. */
  readonly measurements: readonly Measurement[];
  /**
   * Appends to both files; what has been added survives the death of the process. A split that was measured after the
   * same step before is left out: a run killed after it, and resumed from before it, measures it again.
   */
  add(measurement: Measurement): void;
  close(): void;
}

/**
 * Opens `metrics.jsonl` and `metrics.csv` of a run folder for appending.
 *
 * @param upTo the step a resumed run goes on after: later lines, which the run is about to measure again, are dropped
 */
export function openMetrics(folder: string, upTo = 0): MetricsLog {
  const files = { jsonl: join(folder, 'metrics.jsonl'), csv: join(folder, 'metrics.csv') };
  const measurements = readMeasurements(folder).filter(({ step }) => step <= upTo);
  writeFileAtomic.sync(files.jsonl, measurements.map(jsonLine).join(''));
  writeFileAtomic.sync(files.csv, [`${columns.join(',')}\n`, ...measurements.map(csvLine)].join(''));
  const [jsonl, csv] = [openSync(files.jsonl, 'a'), openSync(files.csv, 'a')];
  return {
    measurements,
    add(measurement) {
      if (isKnown(measurements, measurement)) return;
      measurements.push(measurement);
      appendFileSync(jsonl, jsonLine(measurement));
      appendFileSync(csv, csvLine(measurement));
    },
    close() {
      closeSync(jsonl);
      closeSync(csv);
    },
  };
}

function isKnown(measurements: readonly Measurement[], { split, step }: Measurement): boolean {
  for (let i = measurements.length - 1; i >= 0 && measurements[i]!.step >= step; i--) {
    if (measurements[i]!.split === split) return true;
  }
  return false;
}

/**
 * What `metrics.jsonl` of a run folder holds. A line that is damaged, or half of one that a killed process has left, is none:
 * the log is there to be looked at, and no reason to lose a training.
 */
export function readMeasurements(folder: string): Measurement[] {
  const file = join(folder, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap(line => {
    try {
      return measurementSchema.parse(JSON.parse(line));
    } catch {
      return [];
    }
  });
}

function jsonLine(measurement: Measurement): string {
  return `${JSON.stringify(measurement)}\n`;
}

function csvLine(measurement: Measurement): string {
  return `${columns.map(column => measurement[column] ?? '').join(',')}\n`;
}
