import { CapsnetError, type ErrorCode, show } from '@capsnet/checks';
import type { Dtype, TensorData } from './dtype';

/** One tensor of a file: elements in C order. */
export interface TensorEntry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Number of elements of a shape; throws unless every size is an integer from 0 and the product is exact. */
export function elementsOf(shape: readonly unknown[], where: string, code: ErrorCode): number {
  let product = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw new CapsnetError(code, `${where}: expected sizes to be integers from 0, found ${show(shape)}`);
    }
    product *= size;
    if (!Number.isSafeInteger(product)) {
      throw new CapsnetError(
        code,
        `${where}: expected a shape of less than 2^53 elements, found ${show(shape)}`,
      );
    }
  }
  return product;
}
