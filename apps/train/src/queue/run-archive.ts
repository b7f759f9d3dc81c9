import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Bytes, formatBytes } from '@capsnet/checks';
import { decodeSafetensors, encodeSafetensors } from '@capsnet/safetensors';
import { readFileOf } from '../files/read-file';
import { UsageError } from '../terminal/errors';

/** Redis takes no value above 512 MB, unless told otherwise. */
const largest = 500e6;

/** What goes on with a run, or shows a finished one. TensorBoard's events, which are for the eye and grow, stay where they are. */
const kept = new RegExp(
  `^(${[
    String.raw`(config|sessions|objective|results)\.json`,
    String.raw`metrics\.(jsonl|csv)`,
    String.raw`(model|test-scores)\.safetensors`,
    String.raw`(learning-curves|confusion-matrix)\.svg`,
    String.raw`reconstructions\.png`,
    String.raw`checkpoints/(step|best)-\d{8,}/[a-z]{1,20}\.(json|safetensors)`,
  ].join('|')})$`,
);

/**
 * A run folder as one value: of its checkpoints the newest and the best; of a finished run none. It is a safetensors file with a
 * tensor of bytes for each file.
 *
 * @throws UsageError when it is too large for a queue
 */
export async function packRun(path: string): Promise<Bytes> {
  for (let tries = 1; ; tries++) {
    try {
      return await packFiles(path);
    } catch (error) {
      // An older checkpoint may be removed meanwhile; the newest and the best are not, but by newer ones.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 5) throw error;
    }
  }
}

async function packFiles(path: string): Promise<Bytes> {
  const names = (await readdir(path, { recursive: true })).map(name => name.replaceAll('\\', '/'));
  const checkpoints = names.includes('results.json') ? [] : lastCheckpoints(names);
  const chosen = names.filter(
    name => kept.test(name) && (!name.startsWith('checkpoints/') || checkpoints.includes(dirname(name))),
  );
  const files = await Promise.all(
    chosen.map(async name => [name, await readFileOf(join(path, name), largest)] as const),
  );
  const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
  if (bytes > largest) {
    throw new UsageError(
      `the run has ${formatBytes(bytes)}, and a queue holds ${formatBytes(largest)} of each: train it with --shared-runs`,
    );
  }
  return encodeSafetensors(
    Object.fromEntries(
      files.map(([name, content]) => [
        name,
        { dtype: 'U8', shape: [content.length], data: new Uint8Array(content) },
      ]),
    ),
    { content: 'a run of capsnet' },
  );
}

function lastCheckpoints(names: readonly string[]): string[] {
  const folders = names.filter(name => /^checkpoints\/(step|best)-\d{8,}$/.test(name));
  const last = (kind: string) =>
    folders
      .filter(name => name.startsWith(`checkpoints/${kind}-`))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
      .at(-1);
  return [last('step'), last('best')].filter(name => name !== undefined);
}

/**
 * Writes the files of a packed run into a folder.
 *
 * @throws CapsnetError when it is damaged, or names a file that no run has
 */
export async function unpackRun(bytes: Bytes, path: string): Promise<void> {
  const files = Object.entries(decodeSafetensors(bytes).tensors);
  for (const [name, { dtype }] of files) {
    if (dtype === 'U8' && kept.test(name)) continue;
    throw new UsageError(
      `the run in the queue: expected files of a run folder, found ${JSON.stringify(name)}`,
    );
  }
  for (const [name, { data }] of files) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, data as Uint8Array);
  }
}
