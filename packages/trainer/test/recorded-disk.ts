import type { FileHandle } from 'node:fs/promises';
import * as promises from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileSystem } from '../src/checkpoints/durable-files';

/** The disk itself, which notes in their order what changes it and what is made to last. */
export interface RecordedDisk {
  readonly disk: FileSystem;
  /** Since the last call: `write folder/file`, `sync folder/file`, `rename a to b`. Temporary names are counted. */
  operations(): string[];
}

/** @param root the folder that paths are shown relative to */
export function recordedDisk(root: string): RecordedDisk {
  let operations: string[] = [];
  const temporary: string[] = [];
  const shown = (path: unknown) =>
    (relative(root, String(path)) || '.').replace(/\.unfinished-[0-9a-f-]+/, name => {
      if (!temporary.includes(name)) temporary.push(name);
      return `temporary-${temporary.indexOf(name) + 1}`;
    });

  /** Calls the real function, and notes it when it is done. */
  const noted = <Args extends unknown[], Result>(
    real: (...args: Args) => Promise<Result>,
    describe: (...args: Args) => string,
  ) =>
    async function (this: unknown, ...args: Args): Promise<Result> {
      const result = await real.apply(this, args);
      operations.push(describe(...args));
      return result;
    };

  async function open(...args: Parameters<typeof promises.open>): Promise<FileHandle> {
    const [path] = args;
    const file = await promises.open(...args);
    file.writeFile = noted(file.writeFile, () => `write ${shown(path)}`);
    file.sync = noted(file.sync, () => `sync ${shown(path)}`);
    return file;
  }

  return {
    disk: {
      ...promises,
      open,
      mkdir: noted(promises.mkdir, path => `make ${shown(path)}`) as typeof promises.mkdir,
      rename: noted(promises.rename, (from, to) => `rename ${shown(from)} to ${shown(to)}`),
      rm: noted(promises.rm, path => `remove ${shown(path)}`),
    },
    operations() {
      const done = operations;
      operations = [];
      return done;
    },
  };
}
