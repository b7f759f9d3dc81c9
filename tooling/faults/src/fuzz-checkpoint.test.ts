import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedCheckpoint, type NamedTensors } from '@capsnet/trainer';
import { folderStore } from '@capsnet/trainer/node';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useBackend } from './backends';
import { corpusPath } from './corpus';
import { fuzz } from './fuzz';
import { mutatedBytes } from './mutate-bytes';
import { jsonText, mutatedJson } from './mutate-json';
import { mutatedSafetensors } from './mutate-safetensors';
import { folderInMemory } from './training';

const name = 'step-00000003';
const files = new Map(
  readdirSync(corpusPath(`checkpoint/${name}`)).map(file => [
    file,
    new Uint8Array(readFileSync(corpusPath(`checkpoint/${name}/${file}`))),
  ]),
);
const manifestFile = 'checkpoint.json';
const textOf = (file: string) => Buffer.from(files.get(file)!).toString('utf8');

interface ChangedFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Whether the list of files has the size and the digest of what was changed, as an attacker would see to. */
  readonly isSigned: boolean;
}

const changedFile: fc.Arbitrary<ChangedFile> = fc.oneof(
  ...[...files].map(([file, original]) =>
    fc.record({
      file: fc.constant(file),
      bytes: fc.oneof(
        mutatedBytes([original]),
        file.endsWith('.json')
          ? mutatedJson([JSON.parse(textOf(file))]).map(tree =>
              new TextEncoder().encode(writtenAs(file, tree)),
            )
          : mutatedSafetensors([original]),
      ),
      isSigned: file === manifestFile ? fc.constant(false) : fc.boolean(),
    }),
  ),
);

function writtenAs(file: string, tree: unknown): string {
  return file === manifestFile ? `${JSON.stringify(tree, null, 2)}\n` : jsonText(tree);
}

function manifestWith(file: string, bytes: Uint8Array): string {
  const manifest = JSON.parse(textOf(manifestFile));
  manifest.files[file] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  return writtenAs(manifestFile, manifest);
}

describe('fuzzing', () => {
  test('checkpoints', async context => {
    await useBackend(context, 'wasm');
    const folder = folderInMemory();
    cpSync(corpusPath('checkpoint'), folder, { recursive: true });
    const write = (file: string, bytes: Uint8Array | string) =>
      writeFileSync(join(folder, name, file), bytes);
    const store = folderStore(folder);
    const tensors = tf.memory().numTensors;
    await fuzz(context, changedFile, {
      async read({ file, bytes, isSigned }) {
        write(file, bytes);
        if (isSigned) write(manifestFile, manifestWith(file, bytes));
        try {
          const { weights, optimizer, average } = await store.read(name);
          tf.dispose([weights, optimizer, average as NamedTensors]);
        } finally {
          write(file, files.get(file)!);
          write(manifestFile, files.get(manifestFile)!);
        }
      },
      isRefusal: error => error instanceof DamagedCheckpoint,
      sizeOf: ({ bytes }) => bytes.length,
    });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
