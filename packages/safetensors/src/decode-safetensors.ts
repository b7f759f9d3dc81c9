import { CapsnetError, show } from '@capsnet/checks';
import { arrays, bytesOf, type Dtype, isDtype, typeName } from './dtype';
import { longestHeader, metadataKey } from './header';
import { headerProblem } from './header-problem';
import { elementsOf, type TensorEntry } from './tensor-entry';

/** What a safetensors file holds. Neither record has a prototype, so that any name is just a name. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, TensorEntry>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor as the header describes it. */
interface Description {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its bytes, counted from the first one after the header. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a safetensors file. Data is viewed in place where its alignment allows, so `bytes` must not change afterwards.
 *
 * @throws CapsnetError `invalid-data` if anything is not as the format says; the message tells what was expected, what was found and where.
 *   All of the header is checked against the bytes that are there before any tensor is made.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const available = bytes.length - dataStart;
  const { [metadataKey]: written = {}, ...described } = header;
  const descriptions = Object.entries(described).map(([name, value]) => describe(name, value, available));
  const metadata = readMetadata(written);
  checkCover(descriptions, available);

  const tensors: Record<string, TensorEntry> = Object.create(null);
  for (const { name, dtype, shape, start, end } of descriptions) {
    const place = bytes.byteOffset + dataStart;
    const width = arrays[dtype].BYTES_PER_ELEMENT;
    const isAligned = (place + start) % width === 0;
    // Not `bytes.slice`, which does not copy if the bytes are a Buffer of Node.
    const buffer = isAligned ? bytes.buffer : bytes.buffer.slice(place + start, place + end);
    const data = new arrays[dtype](
      buffer as ArrayBuffer,
      isAligned ? place + start : 0,
      (end - start) / width,
    );
    tensors[name] = { dtype, shape, data };
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (typeName(bytes) !== 'Uint8Array')
    throw new CapsnetError(
      'invalid-data',
      `safetensors: expected the bytes of a file as a Uint8Array, found ${show(bytes)}`,
    );
  if (bytes.length < 8)
    throw new CapsnetError('invalid-data', `safetensors: expected at least 8 bytes, found ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(longestHeader, bytes.length - 8);
  if (length > BigInt(most)) {
    throw new CapsnetError(
      'invalid-data',
      `safetensors: expected a header of at most ${most} bytes in a file of ${bytes.length}, found a length of ${length} at byte 0`,
    );
  }
  const dataStart = 8 + Number(length);
  const where = 'safetensors: header at byte 8';
  let json: string;
  let problem: string | undefined;
  let header: unknown;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart));
    problem = headerProblem(json);
    if (problem === undefined) header = JSON.parse(json);
  } catch (cause) {
    throw new CapsnetError('invalid-data', `${where}: expected JSON in UTF-8`, { cause });
  }
  if (problem !== undefined) throw new CapsnetError('invalid-data', `${where}: ${problem}`);
  if (!json.startsWith('{'))
    throw new CapsnetError('invalid-data', `${where}: expected "{", found ${show(json.slice(0, 1))}`);
  return { header: object(header, where), dataStart };
}

function readMetadata(written: unknown): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(object(written, `safetensors: ${metadataKey}`))) {
    if (typeof text !== 'string') {
      throw new CapsnetError(
        'invalid-data',
        `safetensors: metadata ${show(key)}: expected a string, found ${show(text)}`,
      );
    }
    metadata[key] = text;
  }
  return metadata;
}

/** @param available number of bytes after the header */
function describe(name: string, value: unknown, available: number): Description {
  const where = `safetensors: tensor ${show(name)}`;
  const { dtype, shape, data_offsets: offsets } = object(value, where);
  if (!isDtype(dtype)) {
    throw new CapsnetError(
      'invalid-data',
      `${where}: expected a dtype of ${Object.keys(arrays)}, found ${show(dtype)}`,
    );
  }
  if (!Array.isArray(shape))
    throw new CapsnetError('invalid-data', `${where}: expected a shape, found ${show(shape)}`);
  const elements = elementsOf(shape, where, 'invalid-data');
  const isSpan =
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(Number.isSafeInteger) &&
    0 <= offsets[0] &&
    offsets[0] <= offsets[1] &&
    offsets[1] <= available;
  if (!isSpan) {
    throw new CapsnetError(
      'invalid-data',
      `${where}: expected data_offsets [start, end] within 0 and ${available}, found ${show(offsets)}`,
    );
  }
  const [start, end] = offsets as [number, number];
  const expected = bytesOf(dtype, elements);
  if (end - start !== expected) {
    throw new CapsnetError(
      'invalid-data',
      `${where}: expected ${expected} bytes for ${dtype} ${show(shape)}, found ${end - start}`,
    );
  }
  return { name, dtype, shape, start, end };
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CapsnetError('invalid-data', `${where}: expected an object, found ${show(value)}`);
  }
  return value as Record<string, unknown>;
}

/** The format forbids gaps, overlaps and bytes that belong to nothing. */
function checkCover(descriptions: readonly Description[], available: number): void {
  let covered = 0;
  for (const { name, start, end } of descriptions.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered) {
      throw new CapsnetError(
        'invalid-data',
        `safetensors: tensor ${show(name)}: expected its data to start at ${covered}, where that before it ends, found ${start}`,
      );
    }
    covered = end;
  }
  if (covered !== available) {
    throw new CapsnetError(
      'invalid-data',
      `safetensors: expected ${covered} bytes of data after the header, found ${available}`,
    );
  }
}
