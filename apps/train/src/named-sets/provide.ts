import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, formatCount } from '@capsnet/checks';
import { lockFolder } from '@capsnet/checks/node';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { cacheFolder } from '../files/cache-folder';
import { readJson } from '../files/json-file';
import type { Console } from '../terminal/console';
import { UsageError, within } from '../terminal/errors';
import { type Downloaded, digestsOf, download } from './download';
import type { NamedSet, PublishedFile } from './named-set';
import { type NamedSetName, namedSets } from './named-sets';
import { unpack } from './unpack';

/** What lies in the folder of a set: each file with what it was when it came. */
const recordSchema = z.record(
  z.string(),
  z.object({ bytes: z.int().min(0), sha256: z.string(), from: z.string() }),
);

/**
 * The folder with the files of a set, see {@link provideSet}.
 *
 * @param mirror an address to download from instead of the set's own
 */
export async function provide(
  name: NamedSetName,
  mirror: string | undefined,
  output: Console,
): Promise<string> {
  const folder = join(cacheFolder(), 'data-sets', name);
  await within(folder, () => mkdir(folder, { recursive: true }));
  const lock = await lockFolder(folder);
  try {
    await provideSet({ name, set: namedSets[name], folder, mirror }, output);
  } finally {
    await lock.release();
  }
  return folder;
}

/**
 * Downloads what is missing of a set into a folder. A file that somebody has put there is taken as it is, if it has the digest that is
 * known of it.
 *
 * @throws UsageError when a file cannot be had, or is not what it was when it came
 */
export async function provideSet(
  {
    name,
    set,
    folder,
    mirror,
  }: {
    readonly name: string;
    readonly set: NamedSet;
    readonly folder: string;
    readonly mirror: string | undefined;
  },
  output: Console,
): Promise<void> {
  const list = join(folder, 'digests.json');
  const record = existsSync(list)
    ? await within(list, async () => recordSchema.parse(await readJson(list)))
    : {};
  const source = mirror === undefined ? set.source : `${mirror.replace(/\/*$/, '')}/${name}/`;
  let isTold = false;
  for (const file of set.files) {
    const names = file.members ?? [file.name];
    if (names.every(each => existsSync(join(folder, each)) && record[each])) {
      for (const each of names) await expectUnchanged(folder, each, record[each]!);
      continue;
    }
    const path = join(folder, file.name);
    const url = source + (file.below ? `${file.below}/` : '') + file.name;
    if (!existsSync(path) && !isTold) {
      isTold = true;
      tell(set, name, source, folder, output);
    }
    const came = existsSync(path)
      ? { ...(await expectPublished(path, file)), from: 'this folder' }
      : { ...(await download(url, path, file, output)), from: url };
    if (file.sha256 === undefined) {
      output.note(
        `${file.name}: SHA-256 ${came.sha256}, ${file.md5 ? 'published with its MD5 alone' : 'nobody has published another'}; ` +
          'it is kept, and must be the same from now on',
      );
    }
    if (file.members) {
      for (const [member, content] of await unpack(path, file.members)) {
        await writeFileAtomic(join(folder, member), Buffer.from(content));
        const { bytes, sha256 } = await digestsOf(join(folder, member));
        record[member] = { bytes, sha256, from: `${came.from} (SHA-256 ${came.sha256})` };
      }
      await rm(path);
    } else {
      record[file.name] = { bytes: came.bytes, sha256: came.sha256, from: came.from };
    }
    await writeFileAtomic(list, `${JSON.stringify(record, null, 2)}\n`);
  }
}

function tell(set: NamedSet, name: string, source: string, folder: string, output: Console): void {
  const bytes = set.files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const size = set.files.every(file => file.bytes !== undefined) ? `, ${formatBytes(bytes)}` : '';
  output.note(
    `${name} (${set.meaning}; licence: ${set.licence}): downloading ${formatCount(set.files.length)} ` +
      `${set.files.length === 1 ? 'file' : 'files'}${size} from ${source} into ${folder}`,
  );
}

/** @throws UsageError when what somebody has put there is not what was published */
async function expectPublished(path: string, { bytes, sha256, md5 }: PublishedFile): Promise<Downloaded> {
  const found = await digestsOf(path);
  const [expected, is] =
    sha256 !== undefined
      ? [`the SHA-256 ${sha256}`, found.sha256 === sha256 && (bytes ?? found.bytes) === found.bytes]
      : [`the MD5 ${md5}`, md5 === undefined || found.md5 === md5];
  if (is) return { bytes: found.bytes, sha256: found.sha256 };
  throw new UsageError(
    `${path}: expected ${expected}, found ${sha256 === undefined ? found.md5 : found.sha256}: not the file that was published; remove it, and it is downloaded`,
  );
}

async function expectUnchanged(folder: string, name: string, { bytes, sha256 }: Downloaded): Promise<void> {
  const found = await digestsOf(join(folder, name));
  if (found.bytes === bytes && found.sha256 === sha256) return;
  throw new UsageError(
    `${join(folder, name)}: expected the SHA-256 ${sha256}, with which it came, found ${found.sha256}: remove ${folder}, and it is downloaded again`,
  );
}
