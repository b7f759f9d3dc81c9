import { arrays } from './dtype';
import { elementsOf, type TensorEntry } from './tensor-entry';

/**
 * Named tensors and metadata as one safetensors file. The same input gives the same bytes: tensors stand in the order of
 * their names, and the header is padded with spaces, so that every tensor starts at a multiple of 8 bytes of its own
 * data section.
 *
 * @param tensors  by name; little-endian, in C order
 * @param metadata strings by name, for whatever belongs with the weights
 * @throws if a tensor's data does not fit its dtype or shape
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorEntry>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  // Wide elements first keeps every tensor aligned without gaps, which the format forbids.
  const width = ({ dtype }: TensorEntry) => arrays[dtype].BYTES_PER_ELEMENT;
  const entries = Object.entries(tensors).sort(
    ([a, tensorA], [b, tensorB]) => width(tensorB) - width(tensorA) || (a < b ? -1 : 1),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const where = `safetensors: tensor "${name}"`;
    if (name === '__metadata__') throw new Error(`${where}: the name is reserved by the format`);
    if (!(data instanceof arrays[dtype])) {
      throw new Error(
        `${where}: expected ${arrays[dtype].name} for ${dtype}, found ${(data as object).constructor.name}`,
      );
    }
    const elements = elementsOf(shape, where);
    if (elements !== data.length) {
      throw new Error(`${where}: expected ${elements} elements for [${shape}], found ${data.length}`);
    }
    const start = end;
    end += data.byteLength;
    header.push([name, { dtype, shape, data_offsets: [start, end] }]);
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
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
