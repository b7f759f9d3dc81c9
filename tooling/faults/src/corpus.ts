import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of something in the corpus. */
export function corpusPath(name: string): string {
  return fileURLToPath(new URL(`../corpus/${name}`, import.meta.url));
}

/** All files of a folder of the corpus. */
export function corpus(name: string): Uint8Array[] {
  const folder = corpusPath(name);
  return readdirSync(folder).map(file => new Uint8Array(readFileSync(`${folder}/${file}`)));
}
