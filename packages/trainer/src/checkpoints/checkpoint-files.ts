import { type Bytes, CapsnetError, sha256, show } from '@capsnet/checks';
import { type Dtype, decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import type { Json, NamedTensors } from '../interfaces';
import { type Checkpoint, type CheckpointEntry, DamagedCheckpoint } from './checkpoint';

/** The files of a checkpoint by name. */
export type Files = ReadonlyMap<string, Bytes>;

/** A file that a store keeps: its size is known before it is read. */
export interface StoredFile {
  readonly size: number;
  bytes(): Promise<Bytes>;
}

/** The list of the other files, with their digests. */
interface Manifest {
  readonly format: 'capsnet checkpoint';
  readonly version: 1;
  readonly step: number;
  readonly isBest: boolean;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

const manifestFile = 'checkpoint.json';
const stateFile = 'state.json';
const weightsFile = 'weights.safetensors';
const optimizerFile = 'optimizer.safetensors';
const averageFile = 'average.safetensors';
/** Those of four files take a quarter of this. */
const largestManifest = 4096;

const dtypes: Partial<Record<tf.DataType, Dtype>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/**
 * All reading of tensors begins before this returns its promise, so that the files are of one moment.
 *
 * @throws if a tensor or the state cannot be saved exactly
 */
export async function encodeCheckpoint(
  { weights, optimizer, average, state }: Checkpoint,
  { step, isBest }: Omit<CheckpointEntry, 'name'>,
): Promise<Files> {
  const json = encodeJson(state);
  const [weightBytes, optimizerBytes, averageBytes] = await Promise.all([
    encodeTensors(weights),
    encodeTensors(optimizer),
    average && encodeTensors(average),
  ]);
  const files = new Map([
    [weightsFile, weightBytes],
    [optimizerFile, optimizerBytes],
    ...(averageBytes ? [[averageFile, averageBytes] as const] : []),
    [stateFile, json],
  ]);
  const described: Record<string, Manifest['files'][string]> = {};
  for (const [file, bytes] of files) described[file] = { bytes: bytes.length, sha256: await sha256(bytes) };
  const manifest = { format: 'capsnet checkpoint', version: 1, step, isBest, files: described } as const;
  return files.set(manifestFile, new TextEncoder().encode(formatManifest(manifest)));
}

/**
 * Reads a checkpoint; digests are verified before anything is decoded.
 *
 * @param open gives a file of the checkpoint, null if there is none
 * @throws {@link DamagedCheckpoint} if anything is not as it was written
 */
export async function decodeCheckpoint(
  entry: CheckpointEntry,
  open: (file: string) => Promise<StoredFile | null>,
): Promise<Checkpoint> {
  const { name } = entry;
  const manifest = await readManifest(entry, open);
  const files = new Map<string, Bytes>();
  for (const [file, { bytes: size, sha256: digest }] of Object.entries(manifest.files)) {
    const bytes = await readFile(name, file, open, size);
    const found = await sha256(bytes);
    if (found !== digest) throw damaged(name, file, `sha256 ${digest}`, found);
    files.set(file, bytes);
  }
  const decode = <T>(file: string, read: (bytes: Bytes) => T): T => {
    try {
      return read(files.get(file)!);
    } catch (cause) {
      throw damaged(name, file, 'what a checkpoint holds', (cause as Error).message, { cause });
    }
  };
  const state = decode(stateFile, decodeState);
  const weights = decode(weightsFile, decodeEntries);
  const optimizer = decode(optimizerFile, decodeEntries);
  const average = files.has(averageFile) ? decode(averageFile, decodeEntries) : null;
  // Made when nothing can fail any more, so that none is left over.
  return {
    weights: makeTensors(weights),
    optimizer: makeTensors(optimizer),
    average: average && makeTensors(average),
    state,
  };
}

async function readManifest(
  entry: CheckpointEntry,
  open: (file: string) => Promise<StoredFile | null>,
): Promise<Manifest> {
  const { name } = entry;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readFile(name, manifestFile, open));
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (cause) {
    throw damaged(name, manifestFile, 'JSON', (cause as Error).message, { cause });
  }
  const problem = manifestProblem(manifest, entry, text);
  if (problem) throw damaged(name, manifestFile, ...problem);
  return manifest;
}

/** What was expected and what was found instead. */
function manifestProblem(
  manifest: Partial<Manifest> | null,
  { step, isBest }: CheckpointEntry,
  text: string,
): [expected: string, found: string] | null {
  if (manifest?.format !== 'capsnet checkpoint') return ['the list of its files', text.slice(0, 80)];
  if (manifest.version !== 1) return ['version 1', show(manifest.version)];
  if (manifest.step !== step) return [`step ${step}`, show(manifest.step)];
  if (manifest.isBest !== isBest) return [`isBest ${isBest}`, show(manifest.isBest)];
  const { files } = manifest;
  if (typeof files !== 'object' || files === null) return ['files', show(files)];
  const withAverage = Object.hasOwn(files, averageFile) ? [averageFile] : [];
  const names = [weightsFile, optimizerFile, ...withAverage, stateFile].join(', ');
  if (Object.keys(files).join(', ') !== names) return [`files ${names}`, Object.keys(files).join(', ')];
  for (const described of Object.values(files)) {
    const { bytes, sha256: digest } = Object(described) as Partial<typeof described>;
    if (!Number.isSafeInteger(bytes) || !isDigest(digest)) {
      return ['bytes and sha256 of each file', show(described)];
    }
  }
  // Even a change that means nothing shows that something has happened to the folder.
  return formatManifest(manifest as Manifest) === text
    ? null
    : ['its own way of writing JSON', 'another one'];
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function formatManifest({ format, version, step, isBest, files }: Manifest): string {
  const ordered = Object.entries(files).map(
    ([file, { bytes, sha256 }]) => [file, { bytes, sha256 }] as const,
  );
  return `${JSON.stringify({ format, version, step, isBest, files: Object.fromEntries(ordered) }, null, 2)}\n`;
}

/** @param size what it must be; without it, at most that of a manifest */
async function readFile(
  name: string,
  file: string,
  open: (file: string) => Promise<StoredFile | null>,
  size?: number,
): Promise<Bytes> {
  const stored = await open(file);
  if (!stored) throw damaged(name, file, 'a file', 'none');
  const expected = size === undefined ? `at most ${largestManifest} bytes` : `${size} bytes`;
  const fits = (found: number) => (size === undefined ? found <= largestManifest : found === size);
  if (!fits(stored.size)) throw damaged(name, file, expected, `${stored.size}`);
  const bytes = await stored.bytes();
  if (!fits(bytes.length)) throw damaged(name, file, expected, `${bytes.length}`);
  return bytes;
}

async function encodeTensors(tensors: NamedTensors): Promise<Bytes> {
  const entries = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => {
      const dtype = dtypes[tensor.dtype];
      if (!dtype) {
        throw new CapsnetError(
          'invalid-tensor',
          `checkpoint: tensor "${name}": expected ${Object.keys(dtypes).join(', ')}, found ${tensor.dtype}`,
        );
      }
      return [name, { dtype, shape: tensor.shape, data: await tensor.data() }] as const;
    }),
  );
  return encodeSafetensors(Object.fromEntries(entries) as Record<string, TensorEntry>);
}

type Entries = readonly (readonly [name: string, entry: TensorEntry, dtype: tf.DataType])[];

function decodeEntries(bytes: Uint8Array): Entries {
  return Object.entries(decodeSafetensors(bytes).tensors).map(([name, entry]) => {
    const [dtype] = Object.entries(dtypes).find(([, stored]) => stored === entry.dtype) ?? [];
    if (!dtype) {
      throw new CapsnetError(
        'damaged-file',
        `tensor "${name}": expected ${Object.values(dtypes)}, found ${entry.dtype}`,
      );
    }
    return [name, entry, dtype as tf.DataType];
  });
}

function makeTensors(entries: Entries): NamedTensors {
  return Object.fromEntries(
    entries.map(([name, { data, shape }, dtype]) => [
      name,
      tf.tensor(data as tf.TypedArray, [...shape], dtype),
    ]),
  );
}

/** JSON would write null for what is not finite. */
function encodeJson(state: Checkpoint['state']): Bytes {
  const text = JSON.stringify(state, (key, value: Json) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new CapsnetError(
        'not-finite',
        `checkpoint: state "${key}": expected a finite number, found ${value}`,
      );
    }
    return value;
  });
  return new TextEncoder().encode(`${text}\n`);
}

function decodeState(bytes: Uint8Array): Checkpoint['state'] {
  const state: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (typeof state !== 'object' || state === null || Array.isArray(state)) {
    throw new CapsnetError('damaged-file', `expected a JSON object, found ${show(state)}`);
  }
  return state as Checkpoint['state'];
}

function damaged(name: string, file: string, expected: string, found: string, options?: ErrorOptions) {
  return new DamagedCheckpoint(`checkpoint ${name}: ${file}: expected ${expected}, found ${found}`, options);
}
