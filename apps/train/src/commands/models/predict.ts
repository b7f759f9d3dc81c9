import { Option } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { type Classified, classifyImage } from '../../evaluation/classify-image';
import { halfWay, isUnlike, isUnsure, isWeak, type Note, notesOn } from '../../evaluation/doubts';
import { hasDecoder } from '../../evaluation/reconstruction-error';
import { openModel, type TrainedModel } from '../../models/open-model';
import { bytesOf, picturesNamed } from '../../pictures/named-pictures';
import { refuseToOverwrite, writeOutput } from '../../pictures/output-file';
import { type PictureKind, readAny, type Seen } from '../../pictures/read-picture';
import type { Tile } from '../../pictures/sheet';
import { type Console, openConsole } from '../../terminal/console';
import { messageOf, UsageError } from '../../terminal/errors';
import { printableName } from '../../terminal/printable';
import { command } from '../command';
import { backend, invert, json, modelOptions } from '../options';

export const predict = modelOptions(
  command('predict', 'Classify pictures, with the score of every class.', [
    [
      'capsnet predict --pretrained capsnet-mnist photo.jpg',
      'a handwritten number, in a photograph of any size',
    ],
    ['capsnet predict digit.png', "an image of the network's size, bright ink on black, as it is"],
    ['capsnet predict scans --show seen.png', 'all pictures of a folder, and what the network sees of them'],
    ['capsnet predict "scans/*.png" --json', 'those that match a pattern, for machines'],
    ['capsnet predict - < photo.jpg', 'the standard input'],
    ['capsnet predict cat.jpg', 'by a model that was trained on your own pictures'],
  ]).argument(
    '<files...>',
    'pictures, folders of pictures, patterns or -; all formats but PNG and BMP need sharp',
  ),
)
  .addOption(
    new Option(
      '--photo',
      "find handwritten digits in the picture, on paper of any tone (default for pictures of other sizes than the network's, if it has learnt MNIST)",
    ).conflicts('asIs'),
  )
  .option('--as-is', "the whole picture is one image, resized to the network's size (default for all others)")
  .addOption(invert)
  .option('--show <file>', 'write what the network sees as a PNG, with what its decoder makes of that below')
  .option('--force', 'overwrite that file')
  .addOption(backend)
  .addOption(json)
  .action(async (args, options) => {
    const output = openConsole(options.json ?? false);
    if (options.show !== undefined) refuseToOverwrite(options.show, options.force, '--show');
    const pictures = await picturesNamed(args);
    const model = await openModel(output, options);
    const kind = kindOf(model, options);
    const { image } = model.net.config;
    // All files are read before anything is printed: a wrong one leaves no half of a result.
    const seen: { readonly file: string; readonly seen: Seen }[] = [];
    for (const { file, isNamed } of pictures) {
      try {
        const bytes = await bytesOf({ file });
        seen.push({
          file,
          seen: await readAny(file, bytes, image, { kind, invert: options.invert, fit: model.pictures.fit }),
        });
      } catch (error) {
        if (isNamed) throw error;
        output.note(`left out: ${messageOf(error)}`);
      }
    }
    if (seen.length === 0) throw new UsageError('expected a picture that can be read, found none');
    const predictions: Prediction[] = [];
    for (const picture of seen) predictions.push(await predictionOf(model, picture, options.invert ?? false));
    if (options.show !== undefined)
      await writeOutput(options.show, await sheetOf(model, predictions), '--show');
    for (const prediction of predictions) print(output, model, prediction);
    if (options.show !== undefined) output.print(`\nwhat the network saw: ${options.show}`);
    const { score, reconstructionError } = model.usual ?? halfWay;
    output.emit({
      model: model.file,
      sure: score,
      ...(reconstructionError !== undefined && { usualReconstructionError: reconstructionError }),
      predictions: predictions.map(prediction => jsonOf(model, prediction)),
    });
  });

/** @throws UsageError for photographs where there is no network for the digits in them */
function kindOf(
  { net, config, pictures }: TrainedModel,
  { photo, asIs }: { readonly photo?: true | undefined; readonly asIs?: true | undefined },
): PictureKind | undefined {
  const { height, width, channels } = net.config.image;
  const canSeeDigits = channels === 1 && height >= 28 && width >= 28 && config.data.digits === 1;
  if (photo && !canSeeDigits) {
    throw new UsageError(
      `--photo: expected a network for single gray digits of at least 28x28 pixels, found one for ${config.data.digits === 1 ? `${width}x${height} with ${channels} channels` : 'pairs of digits'}`,
    );
  }
  if (photo) return 'photo';
  return asIs || !pictures.areMnistDigits || !canSeeDigits ? 'image' : undefined;
}

interface Prediction {
  readonly file: string;
  readonly seen: Seen;
  /** Of each image that the network has seen. */
  readonly found: readonly (Classified & { readonly notes: readonly Note[] })[];
  /** Why the picture may be read wrongly: that of any of its digits. */
  readonly notes: readonly Note[];
}

async function predictionOf(
  { net, config, pictures, usual = halfWay }: TrainedModel,
  { file, seen }: Pick<Prediction, 'file' | 'seen'>,
  invert: boolean,
): Promise<Prediction> {
  const found: Prediction['found'][number][] = [];
  for (const image of seen.images) {
    const classified = await classifyImage(net, image, config.data.digits);
    const asSeen = { usual, invert: invert && seen.kind === 'image', areDigits: !pictures.classes };
    found.push({ ...classified, notes: notesOn(image, classified, asSeen) });
  }
  const notes: Note[] = found.length === 0 ? ['no-digit'] : [...new Set(found.flatMap(({ notes }) => notes))];
  return { file, seen, found, notes };
}

const meanings: Readonly<Record<Exclude<Note, 'unsure'>, string>> = {
  'no-digit': 'has no ink that could be a digit: is it empty, or is all of it in the shade?',
  'no-contrast': 'has no contrast, all of it is equally bright: is it empty?',
  'low-contrast': 'has little contrast: networks have seen white ink on black',
  'bright-border': 'has a bright border: for dark ink on white paper, add --invert',
  'inverted-bright-border':
    'has a bright border now that it is inverted: for white ink on black, leave out --invert',
};

function print(output: Console, { pictures, usual = halfWay }: TrainedModel, prediction: Prediction): void {
  const { file, seen, found, notes } = prediction;
  const nameOf = (label: number) => printableName(pictures.classes?.[label] ?? String(label));
  const name = printableName(file);
  const [only] = found;
  if (found.length === 1 && only) {
    output.print(`\n${name}  ${pc.bold(only.classes.map(nameOf).join(' and '))}`);
    const shown = mostActive(only.scores);
    const width = Math.max(3, ...shown.map(label => nameOf(label).length));
    for (const label of shown) {
      const line = scoreLine(nameOf(label).padStart(width), only.scores[label]!);
      output.print(only.classes.includes(label) ? pc.green(line) : pc.dim(line));
    }
  } else {
    output.print(`\n${name}  ${found.length === 0 ? 'no digit' : pc.bold(textOf(prediction))}`);
    for (const digit of found) {
      const [label] = digit.classes as [number];
      const line = scoreLine(nameOf(label).padStart(3), digit.scores[label]!);
      output.print(isUnsure(digit, usual) ? pc.dim(`${line}  unsure`) : pc.green(line));
    }
  }
  for (const note of notes) if (note !== 'unsure') output.warn(`${name} ${meanings[note]}`);
  for (const [at, digit] of found.entries()) {
    const which = found.length > 1 ? `${name}: digit ${at + 1} of ${found.length}` : name;
    if (isWeak(digit, usual))
      output.warn(`${which} is none of the classes for sure: no score reaches ${usual.score.toFixed(3)}`);
    if (isUnlike(digit, usual))
      output.warn(
        `${which} is unlike what the network has learnt: what its decoder makes of it differs by ${digit.reconstructionError!.toFixed(1)}, more than ${usual.reconstructionError!.toFixed(1)}`,
      );
  }
  if (seen.kind === 'photo' && notes.length > 0 && found.length > 0)
    output.warn(`what the network saw of ${name}: --show seen.png`);
}

function scoreLine(name: string, score: number): string {
  return `  ${name}  ${'█'.repeat(Math.round(30 * score)).padEnd(30, '·')}  ${score.toFixed(3)}`;
}

/** The digits of a photograph as they stand in it, its lines with a space between. */
function textOf({ seen, found }: Prediction): string {
  if (seen.kind === 'image') return '';
  return found
    .map(({ classes: [label] }, at) => {
      const isNext = at > 0 && seen.digits[at]!.line !== seen.digits[at - 1]!.line;
      return `${isNext ? ' ' : ''}${label}`;
    })
    .join('');
}

function jsonOf({ pictures: { classes } }: TrainedModel, prediction: Prediction): object {
  const { file, seen, found, notes } = prediction;
  const digits = found.map(({ classes: labels, notes: _, ...rest }) => ({
    ...(labels.length === 1 ? { class: labels[0] } : { classes: labels }),
    ...(classes && { names: labels.map(label => classes[label]!) }),
    ...rest,
  }));
  if (seen.kind === 'image') return { file, kind: seen.kind, ...digits[0], notes };
  return {
    file,
    kind: seen.kind,
    text: textOf(prediction),
    ...(digits.length === 1 && digits[0]),
    digits: digits.map((digit, at) => {
      const { box, line } = seen.digits[at]!;
      return { ...digit, notes: found[at]!.notes, box, line };
    }),
    notes,
  };
}

/** A row of images for each picture, and one of what the decoder makes of them; what is unsure is framed. */
async function sheetOf(
  { net, usual = halfWay }: TrainedModel,
  predictions: readonly Prediction[],
): Promise<Buffer> {
  const [{ drawSheet }, { decodedOf }] = await Promise.all([
    import('../../pictures/sheet'),
    import('../../pictures/reconstructions'),
  ]);
  const { height, width, channels } = net.config.image;
  const empty = { height, width, channels, pixels: new Float32Array(height * width * channels) };
  const groups: Tile[][][] = [];
  for (const { seen, found } of predictions) {
    if (seen.images.length === 0) {
      groups.push([[{ image: empty, marked: true }]]);
      continue;
    }
    const drawn = hasDecoder(net) ? [await decodedOf(net, seen.images)] : [];
    const marked = (at: number) => found[at] === undefined || isUnsure(found[at], usual);
    groups.push([seen.images, ...drawn].map(row => row.map((image, at) => ({ image, marked: marked(at) }))));
  }
  return drawSheet(groups, { scale: 4 });
}

/** Classes that are shown of a model that has many. */
const mostShown = 20;

/** All classes in their order, or of many the most active ones, these first. */
function mostActive(scores: readonly number[]): number[] {
  const labels = [...scores.keys()];
  if (labels.length <= mostShown) return labels;
  return labels.sort((a, b) => scores[b]! - scores[a]!).slice(0, mostShown);
}
