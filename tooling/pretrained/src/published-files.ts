import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileOfModel } from '@capsnet/pretrained';
import writeFileAtomic from 'write-file-atomic';

const folder = fileURLToPath(new URL('../../../packages/pretrained/', import.meta.url));

/** The published files of a network, and what its tests compare with. */
export function placesOf(name: string) {
  const place = (...path: string[]) => join(folder, ...path);
  return {
    weights: place('models', name, 'weights.safetensors'),
    decoder: place('models', name, 'decoder.safetensors'),
    card: place('models', name, 'card.json'),
    page: place('models', name, 'README.md'),
    golden: place('test', 'golden', `${name}.json`),
  };
}

export async function write(file: string, content: Uint8Array | string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFileAtomic(file, typeof content === 'string' ? content : Buffer.from(content));
}

export function fileOf(bytes: Uint8Array): FileOfModel {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
