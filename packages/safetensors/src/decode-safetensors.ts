import { arrays, isDtype } from './dtype';
import { elementsOf, type TensorEntry } from './tensor-entry';

/** What a safetensors file holds. Neither record has a prototype, so that any name is just a name. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, TensorEntry>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
const longestHeader = 100_000_000;

/**
 * Reads a safetensors file. Data is viewed in place where its alignment allows, so `bytes` must not change afterwards.
 *
 * @throws if anything is not as the format says; the message tells what was expected, what was found and where. All is
 *   checked against the bytes that are there before anything is allocated for it.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const tensors: Record<string, TensorEntry> = Object.create(null);
  const metadata: Record<string, string> = Object.create(null);
  const spans: { name: string; start: number; end: number }[] = [];

  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(object(value, 'safetensors: __metadata__'))) {
        if (typeof text !== 'string')
          throw new Error(`safetensors: metadata "${key}": expected a string, found ${typeof text}`);
        metadata[key] = text;
      }
      continue;
    }
    const where = `safetensors: tensor "${name}"`;
    const { dtype, shape, data_offsets: offsets } = object(value, where);
    if (!isDtype(dtype))
      throw new Error(`${where}: expected a dtype of ${Object.keys(arrays)}, found ${JSON.stringify(dtype)}`);
    if (!Array.isArray(shape)) throw new Error(`${where}: expected a shape, found ${JSON.stringify(shape)}`);
    const [start, end] = span(offsets, bytes.length - dataStart, where);
    const width = arrays[dtype].BYTES_PER_ELEMENT;
    const expected = elementsOf(shape, where) * width;
    if (end - start !== expected) {
      throw new Error(`${where}: expected ${expected} bytes for ${dtype} [${shape}], found ${end - start}`);
    }
    const place = bytes.byteOffset + dataStart + start;
    const isAligned = place % width === 0;
    const buffer = isAligned ? bytes.buffer : bytes.slice(dataStart + start, dataStart + end).buffer;
    const data = new arrays[dtype](buffer as ArrayBuffer, isAligned ? place : 0, expected / width);
    tensors[name] = { dtype, shape, data };
    spans.push({ name, start, end });
  }

  checkCover(spans, bytes.length - dataStart);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw new Error(`safetensors: expected at least 8 bytes, found ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(longestHeader, bytes.length - 8);
  if (length > BigInt(most)) {
    throw new Error(
      `safetensors: expected a header of at most ${most} bytes in a file of ${bytes.length}, found a length of ${length} at byte 0`,
    );
  }
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch (cause) {
    throw new Error('safetensors: expected a JSON header at byte 8', { cause });
  }
  return { header: object(header, 'safetensors: header'), dataStart };
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${where}: expected an object, found ${JSON.stringify(value)}`);
  }
  return value as Record<string, unknown>;
}

function span(offsets: unknown, available: number, where: string): [start: number, end: number] {
  const [start, end] = Array.isArray(offsets) ? offsets : [];
  const isRight =
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    0 <= start &&
    start <= end &&
    end <= available;
  if (!isRight || (offsets as unknown[]).length !== 2) {
    throw new Error(
      `${where}: expected data_offsets within 0 and ${available}, found ${JSON.stringify(offsets)}`,
    );
  }
  return [start, end];
}

/** The format forbids gaps, overlaps and bytes that belong to nothing. */
function checkCover(spans: { name: string; start: number; end: number }[], available: number): void {
  let covered = 0;
  for (const { name, start, end } of spans.sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered)
      throw new Error(`safetensors: tensor "${name}": expected data to start at ${covered}, found ${start}`);
    covered = end;
  }
  if (covered !== available)
    throw new Error(`safetensors: expected ${covered} bytes of data, found ${available}`);
}
