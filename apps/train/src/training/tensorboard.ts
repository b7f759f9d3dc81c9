import { type SummaryWriter, summaryWriter } from '@capsnet/trainer/node';
import type { Measurement } from '../runs/metrics-log';
import type { EventOf } from './train-event';

/** Writes TensorBoard's event files. */
export interface TensorBoard {
  scalars(measurement: Measurement): void;
  histograms(inspection: EventOf<'inspection'>): Promise<void>;
}

/** @param after the step that the training goes on after, 0 at its start */
export function openTensorBoard(folder: string, after: number): TensorBoard {
  return tensorBoardOf(summaryWriter(folder, { after }));
}

export function tensorBoardOf(writer: SummaryWriter): TensorBoard {
  return {
    scalars({ split, step, loss, accuracy, margin, reconstruction, learningRate }) {
      const values = { loss, accuracy, margin, reconstruction, learningRate };
      for (const [name, value] of Object.entries(values)) {
        if (value !== undefined) writer.scalar(`${split}/${name}`, value, step);
      }
    },
    async histograms({ step, variables, gradients }) {
      for (const [kind, tensors] of Object.entries({ parameters: variables, gradients })) {
        for (const [name, tensor] of Object.entries(tensors))
          writer.histogram(`${kind}/${name}`, await tensor.data(), step);
      }
    },
  };
}
