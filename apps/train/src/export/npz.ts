import { zipSync } from 'fflate';
import type { NamedNetwork } from './description';
import type { Export } from './export-format';

/** Every weight by its name, as NumPy's `savez` writes arrays: uncompressed. */
export async function npzOf({ net }: NamedNetwork): Promise<Export> {
  const entries: Record<string, Uint8Array> = {};
  for (const [name, variable] of Object.entries(net.variables)) {
    entries[`${name}.npy`] = npyOf(variable.shape, (await variable.data()) as Float32Array);
  }
  // The same bytes whenever it is written; no date in a ZIP file is earlier.
  const bytes = zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1) });
  return { files: [{ name: 'weights.npz', bytes }], facts: { arrays: Object.keys(net.variables) } };
}

/** NumPy's format of one array, version 1.0: the header ends with a line feed, and with it a multiple of 64 bytes. */
function npyOf(shape: readonly number[], values: Float32Array): Uint8Array {
  const sizes = shape.map(size => `${size},`).join(' ');
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = 10; // magic, version and length
  const length = Math.ceil((before + description.length + 1) / 64) * 64 - before;
  const header = Buffer.alloc(before);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  return Buffer.concat([
    header,
    Buffer.from(`${description.padEnd(length - 1)}\n`, 'latin1'),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  ]);
}
