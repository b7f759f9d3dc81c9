import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a TypeScript block runs, as the word after ```ts says: in Node and in browsers (no word), in Node, in browsers, or
 * nowhere, because it is an excerpt of a program that takes some names as given (`given/` declares them).
 */
export type Place = 'anywhere' | 'node' | 'browser' | 'excerpt';

/** A TypeScript block of a README. */
export interface Example {
  /** Counted from 1 in its README. */
  readonly number: number;
  readonly source: string;
  readonly place: Place;
}

/** What a package's README tells its reader to do. */
export interface Readme {
  /** The packages after `npm install`, with their versions. */
  readonly install: readonly string[];
  readonly examples: readonly Example[];
  /** The arguments of the first command by npx, for a package that is a program. */
  readonly command: readonly string[] | undefined;
}

/** @throws Error when the README does not say how to install the package, or a word after ```ts is none of those above */
export function readReadme(folder: string): Readme {
  const path = join(folder, 'README.md');
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const install = /^npm install (.+)$/m.exec(text)?.[1];
  if (install === undefined) throw new Error(`${path}: expected a line "npm install ...", found none`);
  return {
    install: words(install).filter(word => !word.startsWith('-')),
    examples: examplesIn(text, path),
    command: words(/^npx @capsnet\/\w+ (.*)$/m.exec(text)?.[1]),
  };
}

/**
 * @param path for messages
 * @throws Error when a word after ```ts is none of those above, or when `train()` is called without a loop over its events
 */
export function examplesIn(text: string, path: string): readonly Example[] {
  const blocks = [...text.replaceAll('\r\n', '\n').matchAll(/^```ts *(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, word = '', source = ''], i) => ({
    number: i + 1,
    source: working(source, path),
    place: asPlace(word, path),
  }));
}

/** An excerpt is compiled and never run, so nothing else would notice that a generator of its own does nothing. */
function working(source: string, path: string): string {
  const [call] = /^ *(?:await )?train\(.*/m.exec(source) ?? [];
  if (call === undefined) return source;
  throw new Error(
    `${path}: expected a loop over the events of train(), found a call that trains nothing: ${call}`,
  );
}

/** What a reader has installed who tries all examples: an excerpt may need more of our packages than the README installs. */
export function packagesToInstall({
  install,
  examples,
}: Pick<Readme, 'install' | 'examples'>): readonly string[] {
  const excerpts = examples.filter(({ place }) => place === 'excerpt');
  const ours = excerpts.flatMap(({ source }) => source.match(/@capsnet\/[a-z]+/g) ?? []);
  return [...new Set([...install, ...ours])];
}

function asPlace(word: string, path: string): Place {
  if (word === '') return 'anywhere';
  if (word === 'node' || word === 'browser' || word === 'excerpt') return word;
  throw new Error(`${path}: expected node, browser, excerpt or nothing after \`\`\`ts, found ${word}`);
}

function words(line: string): string[];
function words(line: string | undefined): string[] | undefined;
function words(line: string | undefined) {
  return line?.replace(/ #.*/, '').trim().split(/\s+/);
}
