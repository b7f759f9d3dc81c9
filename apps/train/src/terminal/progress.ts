import { formatDuration, formatPercent, formatRate } from '@capsnet/checks';
import { MultiBar, Presets } from 'cli-progress';
import pc from 'picocolors';
import type { Console } from './console';
import { printable } from './printable';

/** How far a piece of work is, for somebody who watches. */
export interface Progress {
  /** @param done how many of the work's steps, those of an earlier session included */
  update(done: number, metrics: Metrics): void;
  /** A line above the bar. */
  line(text: string): void;
  stop(): void;
}

export interface Metrics {
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
}

/**
 * A bar on a terminal, plain lines elsewhere, nothing in a JSON run.
 *
 * @param start steps done before, by the session that this one resumes
 * @param linesEvery steps between two plain lines
 */
export function showProgress(
  output: Console,
  {
    total,
    start = 0,
    linesEvery,
    batchSize,
  }: { total: number; start?: number; linesEvery: number; batchSize: number },
): Progress {
  if (output.json) return { update: () => {}, line: () => {}, stop: () => {} };
  const text = ({ loss, accuracy, imagesPerSecond }: Metrics) =>
    `loss ${loss.toFixed(4)}  accuracy ${formatPercent(accuracy)}  ${formatRate(imagesPerSecond)}`;
  const left = (done: number, { imagesPerSecond }: Metrics) =>
    `${formatDuration(((total - done) * batchSize) / imagesPerSecond)} left`;

  if (!process.stdout.isTTY) {
    return {
      update(done, metrics) {
        if (done % linesEvery === 0 || done === total) {
          output.print(`step ${done}/${total}  ${text(metrics)}  ${left(done, metrics)}`);
        }
      },
      line: line => output.print(line),
      stop: () => {},
    };
  }
  const bars = new MultiBar(
    {
      format: `${pc.cyan('{bar}')} {value}/{total}  {metrics}`,
      barsize: 24,
      fps: 5,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      gracefulExit: false,
      stream: process.stdout,
    },
    Presets.shades_classic,
  );
  const bar = bars.create(total, start, { metrics: '' });
  return {
    update: (done, metrics) =>
      bar.update(done, { metrics: `${text(metrics)}  ${pc.dim(left(done, metrics))}` }),
    line: line => bars.log(`${printable(line)}\n`),
    stop() {
      // What was logged is written by the next update only.
      bars.update();
      bars.stop();
    },
  };
}
