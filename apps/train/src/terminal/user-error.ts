/** A mistake of the user, or of a file they named: shown as one line, without a stack, with exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Runs `action` on something the user gave; what it throws is the user's to mend. */
export async function blamingInput<T>(subject: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${subject}: ${messageOf(error)}`, { cause: error });
  }
}

/** Runs `action` on one file of several: what it throws is that file's. */
export async function inFile<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  const plain = code === undefined ? undefined : systemErrors[code];
  return plain ?? error.message.replace(/\s*\n\s*/g, ' ');
}

/** Why a file could not be written, when the disk is to blame for the error; undefined for any other error. */
export function storageProblem(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && storageErrors.has(code)) return systemErrors[code];
  }
  return undefined;
}

const storageErrors = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM']);

/** What the operating system's error codes mean to somebody who named a file. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'is a folder, expected a file',
  ENOTDIR: 'a part of this path is a file, expected a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'this file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
};
