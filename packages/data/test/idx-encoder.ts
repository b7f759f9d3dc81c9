/** Writes an IDX file, by the format's description and without the reader's code. */
export function encodeIdx(code: number, shape: readonly number[], elements: ArrayLike<number>): Uint8Array {
  const width = elementBytes[code]!;
  const bytes: number[] = [0, 0, code, shape.length];
  for (const size of shape) bytes.push(...bigEndian(size, 4));
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!;
    bytes.push(...(code < 13 ? bigEndian(element, width) : ieee(element, width)));
  }
  return Uint8Array.from(bytes);
}

/** Bytes of an element, by type code. */
export const elementBytes: Readonly<Record<number, number>> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 };

/** An integer in two's complement, its most significant byte first. */
function bigEndian(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** (width - 1 - i)) & 255);
}

/** The platform's own bytes of a number, reversed where they are little endian. */
function ieee(value: number, width: number): number[] {
  const platform = new Uint8Array((width === 4 ? Float32Array : Float64Array).of(value).buffer);
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return littleEndian ? [...platform].reverse() : [...platform];
}
