import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { alone } from '../src/native/install/alone';
import { type Download, libtensorflow, type Wheel } from '../src/native/install/libtensorflow';

/** What the process is to do, as JSON in its argument. */
export interface Task {
  readonly cache: string;
  readonly wheel: Wheel;
  readonly wheelFile: string;
  /** Whether the download never ends. */
  readonly hang: boolean;
}

// Prints `downloaded` whenever it has, and at its end the folder of the library.

const { cache, wheel, wheelFile, hang } = JSON.parse(process.argv[2] ?? '') as Task;
const download: Download = async (_, folder) => {
  await mkdir(folder, { recursive: true });
  await copyFile(wheelFile, join(folder, 'a.whl'));
  console.log('downloaded');
  if (hang) await new Promise(() => setInterval(() => {}, 1000));
};
const silent = () => {};
console.log(await alone(cache, () => libtensorflow(cache, silent, wheel, download), silent));
