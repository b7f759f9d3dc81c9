import { createSummaryWriter, type SummaryWriter } from '@capsnet/backend';
import type { Measurement } from '../runs/metrics-log';
import type { EventOf } from './train-event';

/** Writes TensorBoard's event files. */
export interface TensorBoard {
  scalars(measurement: Measurement): void;
  histograms(inspection: EventOf<'inspection'>): void;
  close(): void;
}

/** On the native backend, whose library has a writer of these files; undefined on the others. */
export async function openTensorBoard(folder: string): Promise<TensorBoard | undefined> {
  const writer = await createSummaryWriter(folder).catch(fail);
  return writer && tensorBoardOf(writer);
}

export function tensorBoardOf(writer: SummaryWriter): TensorBoard {
  return {
    scalars({ split, step, loss, accuracy, margin, reconstruction, learningRate }) {
      const values = { loss, accuracy, margin, reconstruction, learningRate };
      for (const [name, value] of Object.entries(values)) {
        if (value !== undefined) write(() => writer.scalar(`${split}/${name}`, value, step));
      }
    },
    histograms({ step, variables, gradients }) {
      for (const [name, tensor] of Object.entries(variables))
        write(() => writer.histogram(`parameters/${name}`, tensor, step));
      for (const [name, tensor] of Object.entries(gradients))
        write(() => writer.histogram(`gradients/${name}`, tensor, step));
    },
    close: () => write(() => writer.flush()),
  };
}

function write(action: () => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

/** TensorFlow's error has only words for what the disk refused; with a code it is explained like any such error. */
function fail(cause: unknown): never {
  const { message } = cause as Error;
  const code = /no space left/i.test(message) ? 'ENOSPC' : /read-only/i.test(message) ? 'EROFS' : undefined;
  throw Object.assign(new Error(`TensorBoard: ${message}`, { cause }), code && { code });
}
