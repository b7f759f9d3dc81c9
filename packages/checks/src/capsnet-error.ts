/** What went wrong, for programs. Messages are for people and may change; codes stay. */
export type ErrorCode =
  /** An argument, an option or the value of a configuration cannot be right. */
  | 'invalid-argument'
  /** A tensor or an image has another shape, range or type than it must have. */
  | 'invalid-tensor'
  /** A file or an array of data is missing, malformed, or not what the caller said it is. */
  | 'invalid-data'
  /** A file that we wrote is incomplete, or its bytes are not those that were written. */
  | 'damaged-file'
  /** A checkpoint is of another network, of other settings or of other data. */
  | 'other-run'
  /** A file or a database could not be written: the disk is full, or may not be written to. */
  | 'not-written'
  /** Somebody else is using a folder, or has put something there. */
  | 'in-use'
  /** A loss, a gradient or a weight became NaN or infinite. */
  | 'not-finite'
  /** Another worker of a training is gone, does not answer, or holds other weights. */
  | 'workers'
  /** The network has no such part (a decoder, say), or the machine no such backend. */
  | 'unavailable';

/** The class of all errors that capsnet's packages throw on purpose. */
export class CapsnetError extends Error {
  override readonly name: string = 'CapsnetError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
