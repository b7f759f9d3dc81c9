/** Data that is missing, malformed, or not what the caller said it is. The message is meant for the user. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
