import { unzipSync } from 'fflate';
import { DataError } from '../data-error';
import { maxFileBytes } from '../files/gunzip';
import { type NpyArray, parseNpy } from './npy';

/**
 * Reads an archive of NumPy (.npz), compressed or not: its arrays by their names.
 *
 * @throws {@link DataError} when it is no archive, is damaged, holds something else than arrays of numbers, or more than 1 GiB
 */
export function parseNpz(bytes: Uint8Array): Readonly<Record<string, NpyArray>> {
  let room = maxFileBytes;
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        room -= originalSize;
        if (room < 0) throw new DataError(`expected at most ${maxFileBytes} bytes, found more, with ${name}`);
        return name.endsWith('.npy');
      },
    });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(
      `expected an archive of NumPy, found a damaged one or none (${(cause as Error).message})`,
      {
        cause,
      },
    );
  }
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => {
      const name = file.replace(/\.npy$/, '');
      try {
        return [name, parseNpy(content)];
      } catch (cause) {
        throw new DataError(`${name}: ${(cause as Error).message}`, { cause });
      }
    }),
  );
}
