import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

const seals = 'sha256.json';

/** Notes the digests of all files of a folder in it, and has all of it on the disk before it returns. */
export async function seal(folder: string): Promise<void> {
  const digests: Record<string, string> = {};
  for (const name of await filesIn(folder)) digests[name] = await sha256Of(join(folder, name));
  await writeFile(join(folder, seals), `${JSON.stringify(digests, null, 1)}\n`);
  // A power cut would leave names without content.
  for (const name of [...Object.keys(digests), seals]) {
    const file = await open(join(folder, name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** What is not as it was when the folder was sealed; undefined when all of it is. */
export async function damageIn(folder: string): Promise<string | undefined> {
  let digests: Readonly<Record<string, string>>;
  try {
    digests = JSON.parse(await readFile(join(folder, seals), 'utf8'));
  } catch {
    return `${seals} is missing or cut off`;
  }
  for (const [name, digest] of Object.entries(digests)) {
    const found = await sha256Of(join(folder, name)).catch(() => 'none');
    if (found !== digest) return `${name}: expected the SHA-256 ${digest}, found ${found}`;
  }
  return undefined;
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
