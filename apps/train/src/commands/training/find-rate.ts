import { nativeAdam } from '@capsnet/backend';
import { formatDuration } from '@capsnet/checks';
import { buildNetwork } from '@capsnet/core';
import { adam, type FoundRate, findRate } from '@capsnet/trainer';
import pc from 'picocolors';
import { drawRateCurve, rateText } from '../../charts/rate-curve';
import { type Batch, batchesOf } from '../../data/batches';
import { checkFits } from '../../data/sizes';
import { split } from '../../data/splits';
import { startFrom, startsFromWeights } from '../../models/initial-weights';
import { refuseToOverwrite, writeOutput } from '../../pictures/output-file';
import { prepareNewRun } from '../../preparation/new-run';
import type { TrainingOptions } from '../../preparation/stated-settings';
import { chooseBackend } from '../../terminal/backend';
import type { Console } from '../../terminal/console';
import { showProgress } from '../../terminal/progress';
import { listenForInterruption } from '../../training/interruption';
import { measureThroughput } from '../../training/throughput';

/** More would tell no more. */
const mostSteps = 100;

/**
 * Trains a network, which nothing else sees, at a rate that grows from step to step, and draws its loss. No run is begun.
 *
 * @returns the exit code: 0, or that of an interruption
 */
export async function findRateFor(
  options: TrainingOptions & { readonly force?: boolean | undefined },
  file: string,
  output: Console,
): Promise<number> {
  refuseToOverwrite(file, options.force, '--find-rate FILE');
  const { config, data, picked } = await prepareNewRun(options, output);
  const { model, training } = config;
  checkFits(model, data, config);
  const splits = await split(data, config);
  const sources = await batchesOf(splits, config);
  if (!picked) await chooseBackend(output, config.backend);
  const interruption = listenForInterruption(() => output.warn('\nfinishing this step'));
  const net = buildNetwork(model);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const speed = measureThroughput(training.batchSize, seconds);
  const progress = showProgress(output, {
    total: mostSteps,
    linesEvery: 10,
    batchSize: training.batchSize,
  });
  let found: FoundRate;
  try {
    if (startsFromWeights(training.from)) await startFrom(net, training.from, data.train.classes);
    let done = 0;
    found = await findRate<Batch>(net, sources.train, {
      steps: mostSteps,
      optimizer: variables => nativeAdam(variables) ?? adam(variables),
      clipNorm: training.clipNorm ?? undefined,
      accumulate: training.accumulate,
      signal: interruption.abort,
      onStep({ rate, loss, smoothed, metrics }) {
        speed.stop();
        progress.update(++done, {
          loss: smoothed,
          accuracy: metrics.accuracy!,
          imagesPerSecond: speed.recent(),
        });
        speed.start();
        output.emit({ type: 'step', step: done, rate, loss });
      },
    });
  } finally {
    progress.stop();
    interruption.dispose();
    net.dispose();
  }
  const code = interruption.exitCode();
  if (code !== undefined) return code;
  await writeOutput(file, Buffer.from(drawRateCurve(found.steps, found.suggestion)), '--find-rate');
  tell(output, found, { file, seconds: seconds(), used: training.learningRate.initial });
  return 0;
}

function tell(
  output: Console,
  { steps, suggestion }: FoundRate,
  { file, seconds, used }: { readonly file: string; readonly seconds: number; readonly used: number },
): void {
  const rule = 'a tenth of the rate at which the smoothed loss is lowest';
  output.print(
    suggestion === null
      ? `\n${pc.bold('no rate has lowered the loss')}: the network or its images are at fault, not the rate`
      : `\n${pc.bold(`suggested learning rate ${rateText(suggestion)}`)}, ${rule}; the configuration has ${used}\n\n` +
          `  --set training.learningRate.initial=${rateText(suggestion)}\n`,
  );
  output.print(`curve ${file}, ${steps.length} steps in ${formatDuration(seconds)}`);
  const points = steps.map(({ rate, loss, smoothed }) => ({ rate, loss, smoothed }));
  output.emit({ type: 'learning-rate', suggestion, rule, configured: used, steps: points, picture: file });
}
