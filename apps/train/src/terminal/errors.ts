import { CapsnetError, type ErrorCode } from '@capsnet/checks';

/** A mistake of the user, or of a file they named: shown as one line, without a stack, with exit code 2. */
export class UsageError extends CapsnetError {
  override readonly name = 'UsageError';

  constructor(message: string, options?: ErrorOptions) {
    super('invalid-argument', message, options);
  }
}

/** What the user can put right, by another option or another file; anything else is a failure of the program or the machine. */
const usageCodes: readonly ErrorCode[] = [
  'invalid-argument',
  'invalid-data',
  'damaged-file',
  'other-run',
  'in-use',
  'unavailable',
];

export function isUsageError(error: unknown): error is CapsnetError {
  return error instanceof CapsnetError && usageCodes.includes(error.code);
}

/** Runs `action` on something that the user gave: what it throws is theirs to fix, and says what was given. */
export async function withContext<T>(subject: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${subject}: ${messageOf(error)}`, { cause: error });
  }
}

/** The same where what was given is one of several, and is named even if the error names something in it. */
export async function within<T>(subject: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new UsageError(`${subject}: ${messageOf(error)}`, { cause: error });
  }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return systemErrors[codeOf(error)] ?? error.message.replace(/\s*\n\s*/g, ' ');
}

/** Why a file could not be written, when the disk is to blame for the error; undefined for any other error. */
export function storageProblem(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause);
    if (storageErrors.has(code)) return systemErrors[code];
  }
  return undefined;
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? '';
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
