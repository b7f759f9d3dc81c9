import type { DataSetName } from '../data-sets/data-sets';

/** A set of images that others publish, under a name for `--data`. */
export interface NamedSet {
  /** What it is, for people. */
  readonly meaning: string;
  /** Under which licence, as its authors say. */
  readonly licence: string;
  /** The address below which its files lie; a mirror has them below its own, in a folder with the name of the set. */
  readonly source: string;
  readonly files: readonly PublishedFile[];
  /** How its files are read. */
  readonly set: DataSetName;
}

export interface PublishedFile {
  readonly name: string;
  /** The folder in which it lies below the source; absent for none. */
  readonly below?: string;
  /** Its length and its digest, where they are known for certain; else what came first is kept and compared with. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** Of those who have published no other. */
  readonly md5?: string;
  /** Of an archive, what is taken out of it: the names without their folders. */
  readonly members?: readonly string[];
}
