import { outOfStep, type Ring } from './ring';

/** Bytes that are sent on as soon as they are complete; few enough to be still in the cache when they are added. */
const partBytes = 1 << 18;
/** What a worker may say at once, in bytes: a configuration, or the state of a run. */
const longestText = 1 << 24;

/** into = a times its weight + b times its weight */
export type AddWeighted = (
  into: Float32Array,
  a: Float32Array,
  weightOfA: number,
  b: Float32Array,
  weightOfB: number,
) => void;

/**
 * Sums values over all workers, of which each gives its weight. They are cut into as many segments as there are workers. Each segment
 * goes round and is added to on its way (reduce-scatter), then goes round once more as it has become (all-gather): every worker sends and
 * receives 2 (size - 1) / size of all bytes (Patarasuk and Yuan 2009). The order of addition is that of the ring, so sums have the same
 * bits on every worker and in every run.
 *
 * @param values of this worker, the same lengths on all; they are left as they are
 * @param sums   of the same lengths, for the result
 */
export async function sum(
  ring: Ring,
  call: number,
  {
    values,
    sums,
    weight,
  }: { values: readonly Float32Array[]; sums: readonly Float32Array[]; weight: number },
  addWeighted: AddWeighted = addInJavaScript,
): Promise<void> {
  const { rank, size } = ring;
  const arriving = new Float32Array(partBytes / 4);
  const segments = Array.from({ length: size }, (_, segment) => partsOf(values, segment, size));
  for (const { at, from, to } of segments[rank]!)
    ring.send(call, bytesOf(values[at]!.subarray(from, to)), weight);
  const rounds = 2 * (size - 1);
  for (let round = 0; round < rounds; round++) {
    const isReducing = round < size - 1;
    for (const { at, from, to } of segments[(rank + 2 * size - 1 - round) % size]!) {
      const part = sums[at]!.subarray(from, to);
      if (isReducing) {
        const arrived = arriving.subarray(0, part.length);
        const theirs = await ring.receive(call, expecting(ring, bytesOf(arrived)));
        addWeighted(part, values[at]!.subarray(from, to), weight, arrived, theirs);
      } else await ring.receive(call, expecting(ring, bytesOf(part)));
      if (round < rounds - 1) ring.send(call, bytesOf(part));
    }
  }
  await ring.flushed();
}

/** Gives every worker the values of rank 0. */
export async function broadcast(ring: Ring, call: number, values: Float32Array): Promise<void> {
  for (const { from, to } of partsOf([values], 0, 1)) {
    const part = values.subarray(from, to);
    if (ring.rank > 0) await ring.receive(call, expecting(ring, bytesOf(part)));
    if (ring.rank < ring.size - 1) ring.send(call, bytesOf(part));
  }
  await ring.flushed();
}

/** What every worker says, in the order of their ranks. */
export async function gather(ring: Ring, call: number, text: string): Promise<string[]> {
  const { rank, size } = ring;
  const texts = new Array<string>(size);
  let bytes = new TextEncoder().encode(text);
  for (let round = 0; round < size; round++) {
    texts[(rank + size - round) % size] = new TextDecoder().decode(bytes);
    if (round === size - 1) break;
    ring.send(call, bytes);
    await ring.receive(call, length => {
      if (length > longestText) throw outOfStep(ring.before);
      bytes = new Uint8Array(length);
      return bytes;
    });
  }
  await ring.flushed();
  return texts;
}

function addInJavaScript(
  into: Float32Array,
  a: Float32Array,
  weightOfA: number,
  b: Float32Array,
  weightOfB: number,
): void {
  for (let i = 0; i < into.length; i++) into[i] = a[i]! * weightOfA + b[i]! * weightOfB;
}

/** Of one of several arrays. */
interface Part {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** One of equal segments of all numbers, in parts of one array each. */
function partsOf(arrays: readonly Float32Array[], segment: number, segments: number): Part[] {
  const all = arrays.reduce((sum, { length }) => sum + length, 0);
  const [begin, end] = [segment, segment + 1].map(each => Math.floor((each * all) / segments)) as [
    number,
    number,
  ];
  const parts: Part[] = [];
  let before = 0;
  for (const [at, { length }] of arrays.entries()) {
    const last = Math.min(length, end - before);
    for (let from = Math.max(0, begin - before); from < last; from += partBytes / 4)
      parts.push({ at, from, to: Math.min(from + partBytes / 4, last) });
    before += length;
  }
  return parts;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Memory for exactly as many bytes. */
function expecting(ring: Ring, into: Uint8Array): (length: number) => Uint8Array {
  return length => {
    if (length !== into.length) throw outOfStep(ring.before);
    return into;
  };
}
