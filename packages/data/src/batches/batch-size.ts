import { CapsnetError, show } from '@capsnet/checks';

/** @throws {@link CapsnetError} `invalid-argument` unless it is a positive integer */
export function expectBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a batch size of at least 1, found ${show(batchSize)}`,
    );
  }
}
