/** A safetensors element type. */
export type Dtype = keyof typeof arrays;

/** The array that holds a dtype's elements: F16 and BF16 as their 16 bits, BOOL as bytes of 0 and 1. */
export type ArrayOf<D extends Dtype> = InstanceType<(typeof arrays)[D]>;

export type TensorData = ArrayOf<Dtype>;

export const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(arrays, value);
}
