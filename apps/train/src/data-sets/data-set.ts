import type { DataSet as TrainAndTest } from '@capsnet/data/node';
import type { Console } from '../terminal/console';

/** Images to train on and images to test with, each with labels 0, 1, 2 ... */
export type ImageSets = TrainAndTest;

/** How pictures of any size become images of one. */
export interface PictureOptions {
  /** In pixels; null for that of the pictures, which is then the same for all. */
  readonly height: number | null;
  readonly width: number | null;
  readonly fit: 'contain' | 'cover' | 'exact';
  /** 1 is gray, 3 in colour; null for what the pictures are. */
  readonly channels: 1 | 3 | null;
  /** The part of each class that is tested with, where the folder has no parts. */
  readonly test: number;
  /** Of the draw of these. */
  readonly seed: number;
}

/** Where images come from. */
export interface DataSource {
  /** A folder of files; null for a set that needs none. */
  readonly folder: string | null;
  /** What the names of its files begin with, if it holds several sets. */
  readonly prefix: string | null;
  readonly pictures: PictureOptions;
}

/** What lies where `--data` points to. */
export interface Place {
  /** Of a folder the names of what is in it, hidden ones left out; of a file its own name alone. */
  readonly names: readonly string[];
  /** Those of them that are folders. */
  readonly folders: readonly string[];
}

/** Images that can be trained on, under the name by which they are registered in `data-sets.ts`. */
export interface DataSet {
  /** What it is, for `capsnet train --help`. */
  readonly meaning: string;
  /** Whether what lies there looks like it; absent for a set that is no folder and no file. */
  isAt?(place: Place): boolean;
  /** Where these images come from, for `capsnet info`. */
  describe(source: DataSource): string;
  /**
   * @param output is told of what is left out, and how far a long reading is
   * @throws an error that names the file and what is wrong with it
   */
  load(source: DataSource, output: Console): Promise<ImageSets>;
}
