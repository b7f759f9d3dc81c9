/** Anything that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Makes batches of one shape, one at a time, without end: a new epoch follows after `batchesPerEpoch` batches. */
export interface BatchSource<B> {
  readonly batchesPerEpoch: number;
  next(): B;
  /** The position, and what the coming batches depend on: a few numbers. */
  state(): Json;
  /**
   * Goes on exactly where a source over the same images and with the same options was.
   *
   * @throws {@link DataError} when the state is not one of such a source; nothing has changed then
   */
  restore(state: Json): void;
}
