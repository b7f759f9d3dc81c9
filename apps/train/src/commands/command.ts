import { pretrainedNames } from '@capsnet/pretrained';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { presetNames } from '../config/presets';

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

// Options that several commands share
export const json = new Option('--json', 'write JSON for machines to stdout, and nothing else');
export const backend = new Option(
  '--backend <name>',
  'native, wasm or cpu; without it, CAPSNET_BACKEND is preferred, and else the fastest there is',
);
export const runs = new Option('--runs <dir>', 'the folder of all runs').default('runs');
export const dataFolder = new Option('--data <dir>', 'a folder of IDX files instead of MNIST');
export const prefix = new Option(
  '--prefix <text>',
  'what the names of these files begin with, if there are several sets',
);
export const run = new Option(
  '--run <name>',
  'the run whose model to use; without it, the newest that has one',
);
export const model = new Option('--model <file>', 'a model file (.safetensors) instead of a run').conflicts(
  'run',
);
export const pretrained = new Option('--pretrained <name>', 'a published model instead of a run')
  .choices(pretrainedNames)
  .conflicts(['run', 'model']);
export const force = new Option('--force', 'overwrite the output file');
export const invert = new Option('--invert', 'the pictures show dark ink on white paper');
export const preset = new Option('--preset <name>', 'where the configuration starts from').choices(
  presetNames,
);

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('Expected a number from 1.');
  return number;
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
