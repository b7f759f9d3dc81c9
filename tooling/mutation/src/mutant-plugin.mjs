import { readFileSync } from 'node:fs';

/** The environment variable that names a JSON file with `{ file, text }`. */
export const mutantVariable = 'CAPSNET_MUTANT';

/**
 * Gives one source file another text, for Vite and for Rolldown; the file itself stays as it is.
 *
 * @returns {{ name: string, enforce: 'pre', load(id: string): string | undefined }}
 */
export function mutantPlugin() {
  const path = process.env[mutantVariable];
  /** @type {{ file: string, text: string } | undefined} */
  const mutant = path ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  return {
    name: 'capsnet-mutant',
    enforce: 'pre',
    load: id => (id.split('?')[0] === mutant?.file ? mutant?.text : undefined),
  };
}
