/** The names that MNIST gave its four files, and others after it. */
export type IdxFileName = `${'train' | 't10k'}-${'images-idx3' | 'labels-idx1'}-ubyte`;

/** A file that has been read, raw or gzip. */
export interface DataFile {
  /** How the user knows it: its path or address. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where the four files of a data set come from. */
export interface FileSource {
  /** What the names begin with. */
  readonly prefix: string;
  read(name: IdxFileName): Promise<DataFile>;
}

/** The usual name of a file in a data set whose names begin with `prefix`. */
export function prefixedName(name: IdxFileName, prefix: string): string {
  return prefix + (prefix ? name.replace('t10k', 'test') : name);
}
