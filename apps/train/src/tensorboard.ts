import { createSummaryWriter } from '@capsnet/backend';
import type { Measurement } from './metrics';
import type { EventOf } from './train-event';

/** Writes TensorBoard's event files. */
export interface TensorBoard {
  scalars(measurement: Measurement): void;
  histograms(inspection: EventOf<'inspection'>): void;
  close(): void;
}

/** On the native backend, whose library has a writer of these files; undefined on the others. */
export async function openTensorBoard(folder: string): Promise<TensorBoard | undefined> {
  const writer = await createSummaryWriter(folder);
  if (!writer) return undefined;
  return {
    scalars({ split, step, loss, accuracy, margin, reconstruction, learningRate }) {
      const values = { loss, accuracy, margin, reconstruction, learningRate };
      for (const [name, value] of Object.entries(values)) {
        if (value !== undefined) writer.scalar(`${split}/${name}`, value, step);
      }
    },
    histograms({ step, variables, gradients }) {
      for (const [name, tensor] of Object.entries(variables))
        writer.histogram(`parameters/${name}`, tensor, step);
      for (const [name, tensor] of Object.entries(gradients))
        writer.histogram(`gradients/${name}`, tensor, step);
    },
    close: () => writer.flush(),
  };
}
