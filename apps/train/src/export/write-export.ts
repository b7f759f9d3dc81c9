import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UsageError, withContext } from '../terminal/errors';
import type { Export, ExportFormat } from './export-format';

/** @throws UsageError before the work, where something else lies at the place, or it would be overwritten unasked */
export function expectFree(path: string, as: ExportFormat['as'], force: boolean | undefined): void {
  if (!existsSync(path)) return;
  const found = statSync(path).isDirectory() ? 'folder' : 'file';
  if (found !== as)
    throw new UsageError(`--out ${path}: expected a ${as} to write, found a ${found} of that name`);
  if (force) return;
  throw new UsageError(`${path} exists: choose another --out, or overwrite it with --force`);
}

/**
 * Writes a file, or a folder, that is there as a whole or not at all. In a folder that is there already its files are replaced,
 * one after the other; others stay.
 */
export async function writeExport(path: string, as: ExportFormat['as'], { files }: Export): Promise<void> {
  await withContext(`--out ${path}`, async () => {
    await mkdir(dirname(resolve(path)), { recursive: true });
    if (as === 'file') return writeFileAtomic(path, Buffer.from(files[0]!.bytes));
    if (existsSync(path)) {
      for (const { name, bytes } of files) await writeFileAtomic(join(path, name), Buffer.from(bytes));
      return;
    }
    // Of the same rights as any folder, which mkdtemp's is not.
    const temporary = join(dirname(resolve(path)), `.${basename(resolve(path))}-${randomUUID()}`);
    try {
      await mkdir(temporary);
      for (const { name, bytes } of files) await writeFile(join(temporary, name), bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}
