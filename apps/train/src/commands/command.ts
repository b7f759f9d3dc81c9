import { Command } from '@commander-js/extra-typings';

/** A command whose mistakes are thrown instead of printed, and whose help ends with examples. */
export function command<Name extends string>(
  name: Name,
  description: string,
  examples: readonly (readonly [line: string, meaning: string])[],
) {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  $ ${line.padEnd(width)}   ${meaning}`);
  return new Command(name)
    .description(description)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
