import { hostname } from 'node:os';
import { join } from 'node:path';
import { expectKnownOptions } from '@capsnet/checks';
import { histogramEvent, scalarEvent, startEvent, versionEvent } from './event';
import { histogramOf } from './histogram';
import { recordFile } from './record-file';

/** Writes an event file of TensorBoard. What it has been told survives the death of the process. */
export interface SummaryWriter {
  scalar(name: string, value: number, step: number): void;
  /** The distribution of values, such as a tensor's `data()`; what is not finite is not counted. */
  histogram(name: string, values: ArrayLike<number>, step: number): void;
}

/**
 * Begins an event file of its own in a folder, on any backend. TensorBoard shows the files of a folder as one run.
 *
 * @param folder made where it is missing
 * @param options.after the step that a resumed training goes on after: TensorBoard then passes over what a killed process has
 *   written of later ones. Default 0: nothing was written before
 * @throws the file system's error, here and in each of the writer's methods
 */
export function summaryWriter(folder: string, options: { readonly after?: number } = {}): SummaryWriter {
  expectKnownOptions('summaryWriter', options, ['after']);
  const { after = 0 } = options;
  const seconds = () => Date.now() / 1000;
  // TensorBoard reads the files of a folder in the order of their names, which begin with the time in all programs.
  const time = String(Math.floor(seconds())).padStart(10, '0');
  const name = `events.out.tfevents.${time}.${hostname()}.${process.pid}.${performance.now().toFixed(0)}`;
  const file = recordFile(join(folder, name));
  file.add(versionEvent(seconds()));
  if (after > 0) file.add(startEvent(seconds(), after + 1));
  return {
    scalar: (name, value, step) => file.add(scalarEvent(seconds(), step, name, value)),
    histogram(name, values, step) {
      const histogram = histogramOf(values);
      if (histogram) file.add(histogramEvent(seconds(), step, name, histogram));
    },
  };
}
