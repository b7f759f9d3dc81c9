import { readFileSync } from 'node:fs';

/** The guide on exporting, whose commands and programs tests run. */
const guide = readFileSync(new URL('../../docs/pages/guides/exporting.md', import.meta.url), 'utf8');

/** Its commands, as arguments of `capsnet`. */
export const commands: readonly (readonly string[])[] = [
  ...guide.matchAll(/```sh\nnpx @capsnet\/train (.*)\n```/g),
].map(([, command]) => command!.split(' '));

/** Its programs in a language, each with the output that follows it. */
export function programs(language: string): { source: string; output: string }[] {
  const pattern = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\`\\n+\`\`\`\\n(.*?)\`\`\``, 'gs');
  return [...guide.matchAll(pattern)].map(([, source, output]) => ({ source: source!, output: output! }));
}
