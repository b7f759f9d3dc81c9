import { pretrainedNames } from '@capsnet/pretrained';
import { type Command, InvalidArgumentError, Option, type OptionValues } from '@commander-js/extra-typings';
import { namedSetNames } from '../named-sets/named-sets';

// Options that several commands share

export const json = new Option('--json', 'write JSON for machines to stdout, and nothing else');
export const backend = new Option(
  '--backend <name>',
  'native, wasm or cpu (default: the one CAPSNET_BACKEND prefers, or the fastest there is)',
);
export const runs = new Option('--runs <dir>', 'folder of all runs').default('runs');
export const takeOver = new Option(
  '--take-over',
  'go on with a run that is in use, by a process elsewhere that has ended; one that has not stops at its next step',
);

/** Made anew for each command, of which some cannot do without. */
export const queueUrl = () =>
  new Option('--queue <url>', 'Redis or Valkey that keeps the queue, such as redis://127.0.0.1:6379');
export const workersOption = () =>
  new Option(
    '--workers <n>',
    'trainings at a time, in processes of this machine that divide its processors',
  ).argParser(positiveNumber);
export const sharedRuns = new Option(
  '--shared-runs <dir>',
  'folder of all runs that every worker sees, as on NFS (default: runs travel through the queue)',
);

/** Where images are read from. */
export function dataOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option(
      '--data <place>',
      `images instead of MNIST: a folder of pictures, one folder a class, or of other files; or one of ${namedSetNames.join(', ')}, which is downloaded`,
    )
    .option(
      '--mirror <url>',
      'address to download from instead (default: CAPSNET_MIRROR, or where the set is published)',
    )
    .option('--prefix <text>', "what the names of the folder's files begin with, if it holds several sets");
}

/** How pictures are read where no network says so. */
export function pictureReadingOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option(
      '--size <pixels>',
      'size that pictures are resized to: 28, or width x height as 40x28',
      pictureSize,
    )
    .addOption(
      new Option('--fit <how>', 'how: all of a picture, the middle of it, or other sizes refused').choices([
        'contain',
        'cover',
        'exact',
      ] as const),
    );
}

/** Which trained network is used. */
export function modelOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--run <name>', 'run whose model to use (default: the newest one that has a model)')
    .addOption(new Option('--model <file>', 'model file (.safetensors) instead of a run').conflicts('run'))
    .addOption(
      new Option('--pretrained <name>', 'published model instead of a run')
        .choices(pretrainedNames)
        .conflicts(['run', 'model']),
    )
    .addOption(runs);
}

/** Which trained networks are used, one or several of any kind. */
export function severalModelOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--run <name...>', 'runs whose models to use (default: the newest one that has a model)')
    .option('--model <file...>', 'model files (.safetensors)')
    .addOption(new Option('--pretrained <name...>', 'published models').choices(pretrainedNames))
    .addOption(runs);
}

/** Where a picture is written, and how large. */
export function pictureOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  file: string,
) {
  return command
    .option('--scale <n>', 'enlarge each pixel n times', scale, 2)
    .option('--out <file>', 'file to write the picture to', file)
    .option('--force', 'overwrite the output file')
    .addOption(invert);
}

export const invert = new Option('--invert', 'read pictures as dark ink on white paper');

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('Expected a positive integer.');
  return number;
}

/** `1,2,3` as a user lists seeds. @throws InvalidArgumentError for anything else, and for a seed that is there twice */
export function seedList(text: string): readonly number[] {
  const seeds = text.split(',').map(part => {
    const seed = /^\d{1,10}$/.test(part.trim()) ? Number(part) : Number.NaN;
    if (!(seed < 2 ** 32))
      throw new InvalidArgumentError('Expected whole numbers below 2^32, separated by commas: 1,2,3.');
    return seed;
  });
  if (new Set(seeds).size < seeds.length) throw new InvalidArgumentError('Expected each seed once.');
  return seeds;
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65535) throw new InvalidArgumentError('Expected a port from 0 to 65535.');
  return port;
}

function pictureSize(text: string): { readonly height: number; readonly width: number } {
  const [, width, height = width] = /^([1-9]\d{0,3})(?:x([1-9]\d{0,3}))?$/.exec(text) ?? [];
  if (width === undefined)
    throw new InvalidArgumentError('Expected pixels, as 28, or width x height, as 40x28.');
  return { height: Number(height), width: Number(width) };
}

function scale(text: string): number {
  const number = positiveNumber(text);
  if (number > 32) throw new InvalidArgumentError('Expected at most 32.');
  return number;
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
