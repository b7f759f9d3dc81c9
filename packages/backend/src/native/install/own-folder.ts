import { stat } from 'node:fs/promises';

/** @throws when others than this user and root can change what is in the folder, from which libraries are loaded */
export async function expectOwn(folder: string): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid, mode } = await stat(folder);
  if (uid !== user && uid !== 0) throw new Error(`${folder} belongs to another user: ${remedy}`);
  if (mode & 0o002) throw new Error(`everybody may write into ${folder}: ${remedy}`);
}

const remedy = 'remove it, or name another folder for caches by XDG_CACHE_HOME';
