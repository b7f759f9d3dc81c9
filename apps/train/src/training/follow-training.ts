import { formatCount, formatPercent } from '@capsnet/checks';
import { buildNetwork } from '@capsnet/core';
import { train } from '@capsnet/trainer';
import type { Batch } from '../data/batches';
import { type Progress, showProgress } from '../terminal/progress';
import { listenForInterruption } from './interruption';
import { noteMemory } from './memory-need';
import { runningTime } from './running-time';
import { measureThroughput } from './throughput';
import { trainOptionsOf } from './train-options';
import { trainingFailure } from './training-failure';
import type { TrainingJob } from './training-job';

/**
 * The part of every worker but the first in a training of several: it computes its share, shows how far all are, and writes nothing.
 *
 * @returns the exit code, as `runTraining`
 */
export async function followTraining(job: TrainingJob): Promise<number> {
  const { config, output, splits, workers } = job;
  const { batchSize } = config.training;
  const net = buildNetwork(config.model);
  const interruption = listenForInterruption(() =>
    output.warn('\nfinishing this step, with a checkpoint at worker 0; press Ctrl-C again to quit now'),
  );
  const time = runningTime();
  const speed = measureThroughput(batchSize, time.seconds);
  let progress: Progress | undefined;
  try {
    await noteMemory(job);
    const events = train<Batch>(net, job.sources.train, trainOptionsOf(job, { signal: interruption.abort }));
    for await (const event of events) {
      if (event.type !== 'inspection') output.emit(event);
      if (event.type === 'start') {
        output.print(
          `${event.resumedFrom ? `resuming after step ${event.step}` : 'training'}: ` +
            `${formatCount(splits.train.indices.length)} training images; worker 0 keeps the run\n`,
        );
        const linesEvery = Math.max(1, Math.ceil(event.stepsPerEpoch / 10));
        progress = showProgress(output, {
          total: event.totalSteps,
          start: event.step,
          linesEvery,
          batchSize,
        });
      } else if (event.type === 'step') {
        speed.stop();
        const { loss, accuracy } = event.metrics as { loss: number; accuracy: number };
        progress?.update(event.step, { loss, accuracy, imagesPerSecond: speed.recent() });
      } else if (event.type === 'validation') {
        const { loss, accuracy } = event.metrics as { loss: number; accuracy: number };
        progress?.line(`validation loss ${loss.toFixed(4)}  error ${formatPercent(1 - accuracy)}`);
      } else if (event.type === 'done') {
        progress?.stop();
        await workers?.leave();
        if (event.reason !== 'aborted') {
          output.print('\ndone; worker 0 tests the network and writes the results');
          return 0;
        }
        output.print(`\nstopped after step ${event.step}; worker 0 has the checkpoint`);
        return interruption.exitCode() ?? 1;
      }
      speed.start();
    }
    throw new Error('the training ended without a result');
  } catch (error) {
    throw trainingFailure(error, job);
  } finally {
    progress?.stop();
    time.close();
    interruption.dispose();
    net.dispose();
  }
}
