/** A safetensors element type. */
export type Dtype = keyof typeof arrays;

/**
 * The array that holds a dtype's elements: F16 and BF16 as their 16 bits, floats of 8 bits as their bytes, those of 6 and 4
 * bits as bytes that they fill without gaps, C64 as pairs of real and imaginary part, BOOL as bytes of 0 and 1.
 */
export type ArrayOf<D extends Dtype> = InstanceType<(typeof arrays)[D]>;

export type TensorData = ArrayOf<Dtype>;

export const arrays = {
  F64: Float64Array,
  C64: Float32Array,
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
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  F8_E8M0: Uint8Array,
  F8_E4M3FNUZ: Uint8Array,
  F8_E5M2FNUZ: Uint8Array,
  F6_E2M3: Uint8Array,
  F6_E3M2: Uint8Array,
  F4: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Bits of an element, where the array's own elements have others. */
const bits: Partial<Record<Dtype, number>> = { C64: 64, F6_E2M3: 6, F6_E3M2: 6, F4: 4 };

/** How many bytes n elements take; no integer for bits that do not fill the last one. */
export function bytesOf(dtype: Dtype, elements: number): number {
  return (elements * (bits[dtype] ?? 8 * arrays[dtype].BYTES_PER_ELEMENT)) / 8;
}

/** Whether a value is such an array, made in this realm or in another, as in a frame or under Jest. */
export function isArrayOf(dtype: Dtype, value: unknown): value is TensorData {
  return typeName(value) === arrays[dtype].name;
}

/** `'Float32Array'` ...; undefined for what is no typed array. */
export function typeName(value: unknown): string | undefined {
  return ArrayBuffer.isView(value) ? (value as TensorData)[Symbol.toStringTag] : undefined;
}

export function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(arrays, value);
}
