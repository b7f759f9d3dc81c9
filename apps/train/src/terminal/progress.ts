import { MultiBar, Presets } from 'cli-progress';
import pc from 'picocolors';
import type { Console } from './console';
import { duration, percent, rate } from './format';

/** How far a piece of work is, for somebody who watches. */
export interface Progress {
  /** @param done how many of the work's steps, those of an earlier session included */
  update(done: number, figures: Figures): void;
  /** A line above the bar. */
  line(text: string): void;
  stop(): void;
}

export interface Figures {
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
  const text = ({ loss, accuracy, imagesPerSecond }: Figures) =>
    `loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}  ${rate(imagesPerSecond)}`;
  const left = (done: number, { imagesPerSecond }: Figures) =>
    `${duration(((total - done) * batchSize) / imagesPerSecond)} left`;

  if (!process.stdout.isTTY) {
    return {
      update(done, figures) {
        if (done % linesEvery === 0 || done === total) {
          output.say(`step ${done}/${total}  ${text(figures)}  ${left(done, figures)}`);
        }
      },
      line: line => output.say(line),
      stop: () => {},
    };
  }
  const bars = new MultiBar(
    {
      format: `${pc.cyan('{bar}')} {value}/{total}  {figures}`,
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
  const bar = bars.create(total, start, { figures: '' });
  return {
    update: (done, figures) =>
      bar.update(done, { figures: `${text(figures)}  ${pc.dim(left(done, figures))}` }),
    line: line => bars.log(`${line}\n`),
    stop() {
      // What was logged is written by the next update only.
      bars.update();
      bars.stop();
    },
  };
}
