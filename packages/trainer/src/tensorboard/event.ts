/**
 * TensorFlow's `Event`, `Summary` and `HistogramProto` as protocol buffers: each field is its number and the kind of its
 * value in one byte, then the value.
 */

/** The first of a file: readers ask for a version of 2 to drop what a killed process wrote too much. */
export function versionEvent(seconds: number): Uint8Array {
  return event(seconds, 0, [bytes(3, Buffer.from('brain.Event:2'))]);
}

/** Says that a program starts at a step again: what earlier files have of it and later steps is no longer true. */
export function startEvent(seconds: number, step: number): Uint8Array {
  return event(seconds, step, [bytes(7, integer(1, 1))]);
}

export function scalarEvent(seconds: number, step: number, name: string, value: number): Uint8Array {
  return event(seconds, step, [summary(name, float(2, value))]);
}

/** What a histogram tells of some values. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The right edge of each bucket, in ascending order. */
  readonly edges: readonly number[];
  /** How many values are in each. */
  readonly counts: readonly number[];
}

export function histogramEvent(
  seconds: number,
  step: number,
  name: string,
  { min, max, count, sum, sumOfSquares, edges, counts }: Histogram,
): Uint8Array {
  const numbers = [min, max, count, sum, sumOfSquares].map((value, index) => double(index + 1, value));
  const packed = [edges, counts].map((values, index) => bytes(6 + index, Buffer.concat(values.map(bits))));
  return event(seconds, step, [summary(name, bytes(5, Buffer.concat([...numbers, ...packed])))]);
}

function event(seconds: number, step: number, content: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([double(1, seconds), integer(2, step), ...content]);
}

function summary(name: string, value: Uint8Array): Uint8Array {
  return bytes(5, bytes(1, Buffer.concat([bytes(1, Buffer.from(name)), value])));
}

const [varint, eightBytes, withLength, fourBytes] = [0, 1, 2, 5];

function field(number: number, kind: number, ...value: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of((number << 3) | kind), ...value]);
}

function integer(number: number, value: number): Uint8Array {
  return field(number, varint!, digits(value));
}

function bytes(number: number, value: Uint8Array): Uint8Array {
  return field(number, withLength!, digits(value.length), value);
}

function double(number: number, value: number): Uint8Array {
  return field(number, eightBytes!, bits(value));
}

function float(number: number, value: number): Uint8Array {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return field(number, fourBytes!, four);
}

function bits(value: number): Uint8Array {
  const eight = Buffer.alloc(8);
  eight.writeDoubleLE(value);
  return eight;
}

/** Seven bits in a byte, the lowest first; the eighth says that more follow. */
function digits(value: number): Uint8Array {
  const found: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) found.push((rest % 128) | 128);
  return Uint8Array.of(...found, rest);
}
