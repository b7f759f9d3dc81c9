import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { conform } from '../config/resolve';
import { digest } from '../data/digests';
import { readFileOf } from '../files/read-file';
import { messageOf, storageProblem, UsageError, within } from '../terminal/errors';

const count = z.int().min(0);
const at = z.string();

const entrySchema = z.discriminatedUnion('type', [
  /** The first line: what is looked for, on which images. */
  z.strictObject({
    type: z.literal('sweep'),
    at,
    described: z.record(z.string(), z.unknown()),
    train: digest,
  }),
  /** A decision: the configuration is trained to this level, which its steps say; null for its end. */
  z.strictObject({
    type: z.literal('begin'),
    at,
    trial: count,
    level: count,
    until: count.nullable(),
    values: z.record(z.string(), z.unknown()),
  }),
  /** What came of it. */
  z.strictObject({
    type: z.literal('end'),
    at,
    trial: count,
    state: z.enum(['paused', 'finished', 'diverged', 'invalid']),
    steps: count,
    images: count,
    /** Of the validation images; undefined where it diverged. */
    error: z.number().min(0).max(1).optional(),
    loss: z.number().min(0).optional(),
    reason: z.string().optional(),
    hosts: z.array(z.string()).readonly().optional(),
  }),
  /** There is nothing left to train. */
  z.strictObject({ type: z.literal('over'), at }),
]);

export type Entry = z.infer<typeof entrySchema>;
type Of<Type extends Entry['type']> = Extract<Entry, { type: Type }>;
export type Header = Of<'sweep'>;
export type Begin = Of<'begin'>;
export type End = Of<'end'>;
/** An entry before it has its time. */
export type Unwritten = { [Type in Entry['type']]: Omit<Of<Type>, 'at'> }[Entry['type']];

/** What a sweep has decided, and what came of it, line by line; nothing in it is ever changed. */
export interface Journal {
  readonly entries: readonly Entry[];
  /**
   * On the disk when it returns.
   *
   * @throws Error that names the file when the disk does not take it
   */
  append(entry: Unwritten): Entry;
  close(): void;
}

/** A sweep of ten thousand configurations writes some million bytes. */
const largest = 2 ** 28;

/**
 * Opens the journal of a folder that is locked. Half a line, which a process that was killed or a full disk has left, is removed.
 *
 * @throws UsageError when a line was changed or is missing: each one is signed together with all before it
 */
export async function openJournal(folder: string): Promise<Journal> {
  const file = join(folder, 'journal.jsonl');
  const { entries, signature, bytes } = await within(file, () => readEntries(file));
  let last = signature;
  if (existsSync(file)) truncateSync(file, bytes);
  const handle = openSync(file, 'a');
  return {
    entries,
    append(entry) {
      const { type, ...rest } = entry;
      const whole = { type, at: new Date().toISOString(), ...rest } as Entry;
      const signature = sign(last, whole);
      try {
        writeWhole(handle, `${JSON.stringify({ ...whole, signature })}\n`);
      } catch (error) {
        throw new Error(
          `${file} cannot be written: ${storageProblem(error) ?? messageOf(error)}. All before is there: fix that, and the same command goes on`,
          { cause: error },
        );
      }
      last = signature;
      entries.push(whole);
      return whole;
    },
    close: () => closeSync(handle),
  };
}

/** The entries of a journal that nobody is to write into. @throws UsageError as `openJournal` */
async function readEntries(file: string): Promise<{ entries: Entry[]; signature: string; bytes: number }> {
  const text = existsSync(file) ? (await readFileOf(file, largest)).toString('utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const entries: Entry[] = [];
  let signature = '';
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const { signature: found, ...entry } = parse(line);
    const expected = sign(signature, entry);
    if (found !== expected) {
      throw new UsageError(
        `line ${index + 1}: expected it as it was written, found it changed, or another one before it: ` +
          'put the file back, or remove the folder and its runs',
      );
    }
    entries.push(conform(entrySchema, entry, `line ${index + 1}`));
    signature = expected;
  }
  return { entries, signature, bytes: Buffer.byteLength(whole) };
}

function parse(line: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(line) };
  } catch {
    return {};
  }
}

function sign(before: string, entry: object): string {
  return createHash('sha256')
    .update(before + JSON.stringify(entry))
    .digest('hex')
    .slice(0, 16);
}

/** A disk that is nearly full takes a part. */
function writeWhole(handle: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
  fsyncSync(handle);
}
