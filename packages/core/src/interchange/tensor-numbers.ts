import { CapsnetError, show } from '@capsnet/checks';

/** A tensor as files of weights hold it: elements in C order. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Of `F16` and `BF16` the 16 bits of each number. */
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
  /** Element type, by its name in safetensors. Default: the data are the numbers. */
  readonly dtype?: string;
}

/**
 * The numbers of a tensor, in float32: half precision is converted, and so are doubles and integers, rounded to nearest.
 *
 * @param where what the tensor is, for the error
 * @throws CapsnetError `invalid-data` for a dtype that holds no real numbers of 16 bits or more, and for a number that is not
 *   finite in float32
 */
export function numbersOf({ data, dtype }: StoredTensor, where: string): Float32Array<ArrayBuffer> {
  const numbers = converted(data, dtype, where);
  const wrong = numbers.findIndex(value => !Number.isFinite(value));
  if (wrong < 0) return numbers;
  throw new CapsnetError(
    'invalid-data',
    `${where}: expected finite numbers, found ${numbers[wrong]} (element ${wrong})`,
  );
}

function converted(
  data: StoredTensor['data'],
  dtype: string | undefined,
  where: string,
): Float32Array<ArrayBuffer> {
  if (dtype === undefined || /^([IU](8|16|32|64)|BOOL|F32|F64)$/.test(dtype)) {
    return Float32Array.from(data as ArrayLike<number>, Number);
  }
  const bits = data as ArrayLike<number>;
  if (dtype === 'F16') return Float32Array.from(bits, half);
  // The upper half of a float32.
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(bits, value => value << 16).buffer);
  throw new CapsnetError(
    'invalid-data',
    `${where}: expected a dtype of F32, F64, F16, BF16 or integers, found ${show(dtype)}: convert it before`,
  );
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
