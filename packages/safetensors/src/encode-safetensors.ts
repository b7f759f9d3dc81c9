import { type Bytes, CapsnetError, show } from '@capsnet/checks';
import { arrays, bytesOf, isArrayOf, isDtype, typeName } from './dtype';
import { longestHeader, metadataKey } from './header';
import { elementsOf, type TensorEntry } from './tensor-entry';

/**
 * Named tensors and metadata as one safetensors file. The same tensors and metadata give the same bytes, in whatever
 * order they come: the widest elements stand first, those of one width in the order of their names, and the header is
 * padded with spaces, so that the data begins at a multiple of 8 bytes and every tensor is aligned to its elements.
 *
 * @param tensors  by name; in C order
 * @param metadata strings by name, for whatever belongs with the weights
 * @throws CapsnetError if a tensor's data does not fit its dtype or shape, metadata is no string, or the header is above the
 *   format's 100 MB
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorEntry>>,
  metadata: Readonly<Record<string, string>> = {},
): Bytes {
  // The format forbids gaps, so that order alone can align.
  const width = ({ dtype }: TensorEntry) => arrays[dtype].BYTES_PER_ELEMENT;
  const entries = Object.entries(tensors).sort(
    ([a, tensorA], [b, tensorB]) => width(tensorB) - width(tensorA) || (a < b ? -1 : 1),
  );
  let end = 0;
  const header: [string, unknown][] = entries.map(([name, entry]) => {
    check(name, entry);
    const { dtype, shape, data } = entry;
    const start = end;
    end += data.byteLength;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') {
      throw new CapsnetError(
        'invalid-argument',
        `safetensors: metadata ${show(key)}: expected a string, found ${show(text)}: no reader takes anything else`,
      );
    }
  }
  const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length > 0) header.unshift([metadataKey, Object.fromEntries(sorted)]);

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new CapsnetError(
      'invalid-tensor',
      `safetensors: expected a header of at most ${longestHeader} bytes, found ${headerLength}`,
    );
  }
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let place = 8 + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return bytes;
}

function check(name: string, { dtype, shape, data }: TensorEntry): void {
  const where = `safetensors: tensor ${show(name)}`;
  if (name === metadataKey)
    throw new CapsnetError('invalid-tensor', `${where}: the name is reserved by the format`);
  if (!isDtype(dtype)) {
    throw new CapsnetError(
      'invalid-tensor',
      `${where}: expected a dtype of ${Object.keys(arrays)}, found ${show(dtype)}`,
    );
  }
  if (!isArrayOf(dtype, data)) {
    throw new CapsnetError(
      'invalid-tensor',
      `${where}: expected ${arrays[dtype].name} for ${dtype}, found ${typeName(data) ?? show(data)}`,
    );
  }
  const expected = bytesOf(dtype, elementsOf(shape, where, 'invalid-tensor'));
  if (expected !== data.byteLength) {
    throw new CapsnetError(
      'invalid-tensor',
      `${where}: expected ${expected} bytes for ${dtype} ${show(shape)}, found ${data.byteLength}`,
    );
  }
}
