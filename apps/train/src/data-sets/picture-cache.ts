import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureFolder, PictureSets } from '@capsnet/data/node';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import writeFileAtomic from 'write-file-atomic';
import { cacheFolder } from '../files/cache-folder';
import { readFileOf } from '../files/read-file';
import type { Console } from '../terminal/console';
import { messageOf } from '../terminal/errors';
import type { PictureOptions } from './data-set';

/** Of what is kept, and how pictures are made into it: another version reads the pictures again. */
const version = 1;

/** Larger sets are read each time. */
const largest = 2 ** 31;

/** What the pixels of a set say beside themselves. */
interface Kept {
  readonly pictures: string;
  readonly pixels: string;
  readonly classes: readonly string[];
  readonly notes: readonly string[];
  readonly skipped: PictureSets['skipped'];
}

/**
 * What an earlier start has made of these very files, if it is whole: no file has another size or another time since, and what was
 * kept has the digest that it was kept with. Undefined otherwise, whatever the reason: the pictures are there to be read again.
 */
export async function keptPictures(
  found: PictureFolder,
  options: PictureOptions,
): Promise<PictureSets | undefined> {
  try {
    const { tensors, metadata } = decodeSafetensors(await readFileOf(fileFor(found, options), largest));
    const { pictures, pixels, classes, notes, skipped } = JSON.parse(metadata.kept!) as Kept;
    if (pictures !== digestOfFiles(found) || pixels !== digestOfPixels(tensors)) return undefined;
    const setOf = (part: 'train' | 'test') => {
      const [images, labels] = [tensors[`${part}/images`]!, tensors[`${part}/labels`]!];
      return {
        data: images.data as Uint8Array,
        shape: [...images.shape],
        labels: labels.data as Uint8Array | Uint16Array,
        classes,
      };
    };
    return { train: setOf('train'), test: setOf('test'), notes, skipped };
  } catch {
    return undefined;
  }
}

/** Keeps them for the next start. That this cannot be done is told, and stops nobody. */
export async function keepPictures(
  found: PictureFolder,
  options: PictureOptions,
  { train, test, notes, skipped }: PictureSets,
  output: Console,
): Promise<void> {
  const file = fileFor(found, options);
  if (train.data.length + test.data.length > largest / 2) return;
  try {
    const tensors = {
      'train/images': { dtype: 'U8', shape: [...train.shape], data: train.data },
      'test/images': { dtype: 'U8', shape: [...test.shape], data: test.data },
      'train/labels': labelsOf(train.labels),
      'test/labels': labelsOf(test.labels),
    } as Record<string, TensorEntry>;
    const kept: Kept = {
      pictures: digestOfFiles(found),
      pixels: digestOfPixels(tensors),
      classes: found.classes,
      notes,
      skipped,
    };
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    const { buffer, byteOffset, byteLength } = encodeSafetensors(tensors, { kept: JSON.stringify(kept) });
    await writeFileAtomic(file, Buffer.from(buffer, byteOffset, byteLength), { mode: 0o600 });
  } catch (error) {
    output.note(
      `the pictures are read anew each time, for they cannot be kept as ${file}: ${messageOf(error)}`,
    );
  }
}

function labelsOf(labels: PictureSets['train']['labels']): TensorEntry {
  return {
    dtype: labels instanceof Uint8Array ? 'U8' : 'U16',
    shape: [labels.length],
    data: labels,
  } as TensorEntry;
}

/** One file for each folder and way to read it. */
function fileFor({ folder }: PictureFolder, options: PictureOptions): string {
  const name = createHash('sha256')
    .update(JSON.stringify([version, folder, Object.entries(options).sort()]))
    .digest('hex');
  return join(cacheFolder(), 'pictures', `${name.slice(0, 32)}.safetensors`);
}

function digestOfFiles({ classes, files, notes }: PictureFolder): string {
  const hash = createHash('sha256').update(JSON.stringify([classes, notes]));
  for (const { path, label, part, stamp } of files) hash.update(`${path}\0${label}\0${part}\0${stamp}\n`);
  return hash.digest('hex');
}

function digestOfPixels(tensors: Readonly<Record<string, TensorEntry>>): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(tensors).sort()) {
    const { dtype, shape, data } = tensors[name]!;
    hash.update(`${name} ${dtype} ${shape.join('x')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
