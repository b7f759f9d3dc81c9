// What the excerpts in the READMEs take as given.
import type { Batch, BatchSource, Json, Trainable, TrainOptions } from '@capsnet/trainer';

declare global {
  const model: Trainable<Batch>;
  const source: BatchSource<Batch>;
  const validation: BatchSource<Batch>;
  const test: BatchSource<Batch>;
  const options: TrainOptions<Batch>;
  const config: Json;
}
