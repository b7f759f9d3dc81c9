import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a package's README tells its reader to do first. */
export interface Instructions {
  /** The names after `npm install`. */
  readonly install: readonly string[];
  /** The first TypeScript block, to be run as it stands. */
  readonly example: string | undefined;
  /** The arguments of the first `npx capsnet...` command, for a package that is a program. */
  readonly command: readonly string[] | undefined;
}

/** @throws Error when the README does not say how to install the package */
export function readInstructions(folder: string): Instructions {
  const path = join(folder, 'README.md');
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const install = /^npm install (.+)$/m.exec(text)?.[1];
  if (install === undefined) throw new Error(`${path}: expected a line "npm install ...", found none`);
  return {
    install: words(install).filter(word => !word.startsWith('-')),
    example: /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1],
    command: words(/^npx (capsnet.*)$/m.exec(text)?.[1]),
  };
}

function words(line: string): string[];
function words(line: string | undefined): string[] | undefined;
function words(line: string | undefined) {
  return line?.replace(/ #.*/, '').trim().split(/\s+/);
}
