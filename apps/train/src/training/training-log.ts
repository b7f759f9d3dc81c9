import { join } from 'node:path';
import { formatCount, formatPercent } from '@capsnet/checks';
import type { TrainEvent } from '@capsnet/trainer';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import { drawLearningCurves } from '../charts/learning-curves';
import { type Measurement, type MetricsLog, openMetrics } from '../runs/metrics-log';
import { type Progress, showProgress } from '../terminal/progress';
import { runningTime } from './running-time';
import { openTensorBoard, type TensorBoard } from './tensorboard';
import { measureThroughput } from './throughput';
import type { EventOf } from './train-event';
import type { TrainingJob } from './training-job';

/** What the events of one process are written to: the log files, the curves, TensorBoard and the terminal. */
export interface TrainingLog {
  readonly measurements: readonly Measurement[];
  /** Of the run so far, earlier sessions included, and no time in which the process was stopped. */
  seconds(): number;
  onEvent(event: TrainEvent): Promise<void>;
  record(measurement: Measurement): void;
  drawCurves(): Promise<void>;
  close(): void;
}

export function openTrainingLog({ run, config, output, backend, splits, endsNow }: TrainingJob): TrainingLog {
  const { batchSize } = config.training;
  const time = runningTime();
  const speed = measureThroughput(batchSize, time.seconds);
  let metrics: MetricsLog | undefined;
  let progress: Progress | undefined;
  let board: TensorBoard | undefined;
  let secondsBefore = 0;
  let stepsPerEpoch = 1;
  const smooth = { loss: runningMean(), accuracy: runningMean() };

  const seconds = () => Math.round(1000 * (secondsBefore + time.seconds())) / 1000;

  /** One literal with all fields, for it is kept: V8 gave each copy by a spread a hidden class of its own. */
  function measure(
    split: Measurement['split'],
    { step, epoch, metrics: values }: EventOf<'step' | 'validation'>,
    { learningRate, imagesPerSecond }: Pick<Measurement, 'learningRate' | 'imagesPerSecond'> = {},
  ): Measurement {
    const { loss, accuracy, margin, reconstruction } = values as Record<string, number>;
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

  async function drawCurves() {
    const curves = drawLearningCurves(run.name, metrics?.measurements ?? [], stepsPerEpoch);
    await writeFileAtomic(run.learningCurves, curves);
  }

  async function start(event: EventOf<'start'>) {
    metrics = openMetrics(run.path, event.step);
    const known = metrics.measurements.filter(({ split }) => split === 'train').length;
    if (known < event.step) {
      output.note(
        `${join(run.path, 'metrics.jsonl')} is missing or damaged: it holds ${known} of the ${event.step} steps before, ` +
          'and the training goes on. Curves, time and images a second are those of what it holds',
      );
    }
    secondsBefore = metrics.measurements.at(-1)?.seconds ?? 0;
    stepsPerEpoch = event.stepsPerEpoch;
    board = openTensorBoard(run.tensorboard, event.step);
    for (const { name, reason } of event.damaged)
      output.warn(`checkpoint ${name} is damaged and skipped: ${reason}`);
    const { train, validation } = splits;
    output.print(
      `${event.resumedFrom ? `${endsNow ? 'ending' : 'resuming'} ${run.path} after step ${event.step}` : `run ${run.path}`}: ` +
        `${formatCount(train.indices.length)} training images` +
        `${validation ? `, ${formatCount(validation.indices.length)} for validation` : ', no validation'}\n`,
    );
    output.emit({ ...event, run: run.path, config, backend });
    if (endsNow) return;
    progress = showProgress(output, {
      total: event.totalSteps,
      start: event.step,
      linesEvery: Math.max(1, Math.ceil(stepsPerEpoch / 10)),
      batchSize,
    });
    speed.start();
  }

  async function onEvent(event: TrainEvent) {
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
        await board?.histograms(event);
        break;
      case 'validation': {
        const measured = measure('validation', event);
        record(measured);
        progress?.line(
          `epoch ${(event.step / stepsPerEpoch).toFixed(1).replace(/\.0$/, '')}  ` +
            `validation loss ${measured.loss.toFixed(4)}  error ${formatPercent(1 - measured.accuracy)}` +
            `${event.isBest ? pc.green('  best so far') : ''}`,
        );
        break;
      }
      case 'epoch':
        await drawCurves();
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
    onEvent,
    record,
    drawCurves,
    close() {
      time.close();
      progress?.stop();
      metrics?.close();
    },
  };
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
