export interface ReadOptions {
  /** How many bytes the file has. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  /** Called with the number of bytes that came in since the last call. */
  readonly onBytes: (count: number) => void;
}
