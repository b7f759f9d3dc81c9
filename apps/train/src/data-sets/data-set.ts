import type { DataSet as TrainAndTest } from '@capsnet/data/node';

/** Images to train on and images to test with, each with labels 0, 1, 2 ... */
export type ImageSets = TrainAndTest;

/** Where images come from. */
export interface DataSource {
  /** A folder of files; null for a set that needs none. */
  readonly folder: string | null;
  /** What the names of its files begin with, if it holds several sets. */
  readonly prefix: string | null;
}

/** Images that can be trained on, under the name by which they are registered in `data-sets.ts`. */
export interface DataSet {
  /** What it is, for `capsnet train --help`. */
  readonly meaning: string;
  /** Where these images come from, for `capsnet info`. */
  describe(source: DataSource): string;
  /** @throws an error that names the file and what is wrong with it */
  load(source: DataSource): Promise<ImageSets>;
}
