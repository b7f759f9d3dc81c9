import { CapsnetError } from '@capsnet/checks';

/** Data that is missing, malformed, or not what the caller said it is; `code` is `invalid-data`. The message is meant for the user. */
export class DataError extends CapsnetError {
  override readonly name = 'DataError';

  constructor(message: string, options?: ErrorOptions) {
    super('invalid-data', message, options);
  }
}
