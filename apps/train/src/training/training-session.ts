import type { TrainEvent } from '@capsnet/trainer';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import { drawLearningCurves } from '../pictures/learning-curves';
import { type Measurement, type MetricsLog, openMetrics } from '../runs/metrics';
import type { RunFolder } from '../runs/run-folder';
import { count, percent } from '../terminal/format';
import { type Progress, showProgress } from '../terminal/progress';
import { openTensorBoard, type TensorBoard } from './tensorboard';
import { measureThroughput } from './throughput';
import type { EventOf } from './train-event';
import type { TrainingJob } from './training-job';

/** What listens to the events of one process: the log files, the pictures, TensorBoard and whoever watches. */
export interface Session {
  readonly measurements: readonly Measurement[];
  /** Of the run so far, earlier sessions included. */
  seconds(): number;
  stepsPerEpoch(): number;
  hear(event: TrainEvent): Promise<void>;
  record(measurement: Measurement): void;
  close(): void;
}

export function openSession({ run, config, output, backend, splits }: TrainingJob): Session {
  const { batchSize } = config.training;
  const opened = performance.now();
  const speed = measureThroughput(batchSize);
  let metrics: MetricsLog | undefined;
  let progress: Progress | undefined;
  let board: TensorBoard | undefined;
  let secondsBefore = 0;
  let stepsPerEpoch = 1;
  const smooth = { loss: runningMean(), accuracy: runningMean() };

  const seconds = () => Math.round(1000 * secondsBefore + performance.now() - opened) / 1000;

  /** One literal with all fields, for it is kept: V8 gave each copy by a spread a hidden class of its own. */
  function measure(
    split: Measurement['split'],
    { step, epoch, metrics: figures }: EventOf<'step' | 'validation'>,
    { learningRate, imagesPerSecond }: Pick<Measurement, 'learningRate' | 'imagesPerSecond'> = {},
  ): Measurement {
    const { loss, accuracy, margin, reconstruction } = figures as Record<string, number>;
    return {
      split,
      step,
      epoch,
      loss: loss!,
      accuracy: accuracy!,
      margin,
      reconstruction,
      seconds: seconds(),
      learningRate,
      imagesPerSecond,
    };
  }

  function record(measurement: Measurement) {
    metrics?.add(measurement);
    board?.scalars(measurement);
    output.emit({ type: measurement.split === 'train' ? 'step' : measurement.split, ...measurement });
  }

  async function start(event: EventOf<'start'>) {
    metrics = openMetrics(run.path, event.step);
    secondsBefore = metrics.measurements.at(-1)?.seconds ?? 0;
    stepsPerEpoch = event.stepsPerEpoch;
    board = await openTensorBoard(run.tensorboard);
    for (const { name, reason } of event.damaged)
      output.note(`checkpoint ${name} is damaged and skipped: ${reason}`);
    const { train, validation } = splits;
    output.say(
      `${event.resumedFrom ? `resuming ${run.path} after step ${event.step}` : `run ${run.path}`}: ` +
        `${count(train.indices.length)} training images` +
        `${validation ? `, ${count(validation.indices.length)} held back for validation` : ', none held back'}\n`,
    );
    output.emit({ ...event, run: run.path, config, backend });
    progress = showProgress(output, {
      total: event.totalSteps,
      start: event.step,
      linesEvery: Math.max(1, Math.ceil(stepsPerEpoch / 10)),
      batchSize,
    });
    speed.start();
  }

  async function hear(event: TrainEvent) {
    switch (event.type) {
      case 'start':
        return start(event);
      case 'step': {
        const imagesPerSecond = Math.round(10 * speed.stop()) / 10;
        const measured = measure('train', event, { learningRate: event.learningRate, imagesPerSecond });
        record(measured);
        progress?.update(event.step, {
          loss: smooth.loss(measured.loss),
          accuracy: smooth.accuracy(measured.accuracy),
          imagesPerSecond: speed.recent(),
        });
        break;
      }
      case 'inspection':
        board?.histograms(event);
        break;
      case 'validation': {
        const measured = measure('validation', event);
        record(measured);
        progress?.line(
          `epoch ${(event.step / stepsPerEpoch).toFixed(1).replace(/\.0$/, '')}  ` +
            `validation loss ${measured.loss.toFixed(4)}  error ${percent(1 - measured.accuracy)}` +
            `${event.isBest ? pc.green('  best so far') : ''}`,
        );
        break;
      }
      case 'epoch':
        await drawCurves(run, metrics!.measurements, stepsPerEpoch);
        break;
      case 'checkpoint':
        output.emit(event);
        break;
      case 'done':
        output.emit(event);
        progress?.stop();
    }
    speed.start();
  }

  return {
    get measurements() {
      return metrics?.measurements ?? [];
    },
    seconds,
    stepsPerEpoch: () => stepsPerEpoch,
    hear,
    record,
    close() {
      progress?.stop();
      metrics?.close();
      board?.close();
    },
  };
}

export async function drawCurves(
  run: RunFolder,
  measurements: readonly Measurement[],
  stepsPerEpoch: number,
): Promise<void> {
  await writeFileAtomic(run.learningCurves, drawLearningCurves(run.name, measurements, stepsPerEpoch));
}

/** An exponential mean that follows the last 20 values or so, and the plain mean of the first ones. */
function runningMean(): (value: number) => number {
  let mean = 0;
  let seen = 0;
  return value => {
    seen++;
    mean += (value - mean) / Math.min(seen, 20);
    return mean;
  };
}
