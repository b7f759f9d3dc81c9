import type { Metrics, NamedTensors } from '../interfaces';

/** Where a run stands. Steps count from 1, epochs too. */
interface Position {
  /** Steps done. */
  readonly step: number;
  /** The epoch that this step belongs to. */
  readonly epoch: number;
}

/** What a training run emits, in this order; the trainer itself prints nothing. */
export type TrainEvent =
  | {
      readonly type: 'start';
      /** Steps that are done already: above 0 for a resumed run. */
      readonly step: number;
      readonly totalSteps: number;
      readonly stepsPerEpoch: number;
      /** The checkpoint that the run goes on from. */
      readonly resumedFrom: string | null;
      /** Checkpoints that could not be used, newest first, each with the reason. */
      readonly damaged: readonly { readonly name: string; readonly reason: string }[];
    }
  | ({
      readonly type: 'step';
      readonly metrics: Metrics;
      readonly learningRate: number;
      /** Rows of the batch. */
      readonly examples: number;
    } & Position)
  /** On inspected steps. The tensors live until the generator is resumed. */
  | ({
      readonly type: 'inspection';
      readonly gradients: NamedTensors;
      readonly variables: NamedTensors;
    } & Position)
  | ({ readonly type: 'validation'; readonly metrics: Metrics; readonly isBest: boolean } & Position)
  | ({ readonly type: 'epoch'; readonly metrics: Metrics } & Position)
  | ({ readonly type: 'checkpoint'; readonly name: string } & Position)
  | ({ readonly type: 'test'; readonly metrics: Metrics } & Position)
  | ({
      readonly type: 'done';
      /**
       * `'early'`: validation stopped improving. `'aborted'`: by the signal, and `'paused'`: after the step `pauseAfter`; the run
       * can be resumed.
       */
      readonly reason: 'finished' | 'early' | 'aborted' | 'paused';
      /** The weights that the trainable holds now: of the best validation, or of the last step. */
      readonly weights: 'best' | 'last';
      readonly best: { readonly step: number; readonly loss: number } | null;
    } & Position);
