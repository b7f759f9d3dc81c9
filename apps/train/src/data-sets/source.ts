import { UsageError } from '../terminal/errors';
import type { DataSource } from './data-set';

/** @throws UsageError without a place */
export function expectFolder({ folder }: DataSource, what: string): string {
  if (folder === null) throw new UsageError(`data.folder: expected ${what}, found null`);
  return folder;
}

/** @throws UsageError for a prefix, which names of IDX files alone have */
export function expectNoPrefix({ folder, prefix }: DataSource, what: string): void {
  if (prefix === null) return;
  throw new UsageError(`--prefix ${prefix}: expected with IDX files, found ${what}: ${folder}`);
}
