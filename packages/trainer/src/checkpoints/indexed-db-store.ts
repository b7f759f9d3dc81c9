import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { CheckpointStore } from './checkpoint';
import { decodeCheckpoint, encodeCheckpoint, type Files } from './checkpoint-files';
import { checkKeep, checkpointNames, nextName, outdated, parseName } from './checkpoint-name';

interface Schema extends DBSchema {
  checkpoints: { key: string; value: Files };
}

/**
 * Keeps checkpoints in an IndexedDB database of the page's origin. Each write is one transaction.
 *
 * A browser may clear what an origin has stored when the disk is full, unless `navigator.storage.persist()` was granted.
 *
 * @param name of the database
 * @param options.keep number of ordinary checkpoints that stay; of the best ones, the last stays. Default 3
 */
export function indexedDbStore(
  name: string,
  options: { readonly keep?: number | undefined } = {},
): CheckpointStore {
  expectKnownOptions('indexedDbStore', options, ['keep']);
  const { keep = 3 } = options;
  checkKeep(keep);

  async function using<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    const database = await openDB<Schema>(name, 1, {
      upgrade: created => {
        created.createObjectStore('checkpoints');
      },
    });
    try {
      return await use(database);
    } finally {
      database.close();
    }
  }

  return {
    async write(checkpoint, options) {
      const written = nextName(options, []);
      const files = await encodeCheckpoint(checkpoint, options);
      try {
        await using(async database => {
          const transaction = database.transaction('checkpoints', 'readwrite', { durability: 'strict' });
          const { store } = transaction;
          const present = checkpointNames(await store.getAllKeys());
          const going = outdated(present, written, keep);
          await Promise.all([
            store.put(files, written.name),
            ...going.map(other => store.delete(other.name)),
            transaction.done,
          ]);
        });
      } catch (cause) {
        const reason = (cause as Error).message;
        throw new CapsnetError(
          'not-written',
          `checkpoint ${written.name}: could not be written to the database ${name}: ${reason}`,
          { cause },
        );
      }
      return written.name;
    },

    async read(checkpoint) {
      const entry = parseName(checkpoint);
      const files = entry && (await using(database => database.get('checkpoints', checkpoint)));
      if (!files) {
        throw new CapsnetError('invalid-argument', `no checkpoint ${checkpoint} in the database ${name}`);
      }
      return decodeCheckpoint(entry, async file => {
        const bytes = files.get(file);
        return bytes ? { size: bytes.length, bytes: async () => bytes } : null;
      });
    },

    async list() {
      const present = checkpointNames(await using(database => database.getAllKeys('checkpoints')));
      return present.map(({ name, step, isBest }) => ({ name, step, isBest }));
    },
  };
}
