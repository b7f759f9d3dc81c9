import type { AnyNetwork } from '@capsnet/core';
import pc from 'picocolors';
import { halfWay, type Note, notesOn } from '../../evaluation/doubts';
import { openModel } from '../../models/open-model';
import { type Image, stack } from '../../pictures/image';
import { readPicture } from '../../pictures/read-picture';
import { openConsole } from '../../terminal/console';
import { printableName } from '../../terminal/printable';
import { command } from '../command';
import { backend, invert, json, modelOptions } from '../options';

export const predict = modelOptions(
  command('predict', 'Classify pictures, with the score of every class.', [
    ['capsnet predict digit.png', 'one picture, white ink on black'],
    ['capsnet predict --invert scan-*.png', 'several, dark ink on white paper'],
    ['capsnet predict --json digit.png', 'the same for machines'],
    ['capsnet predict cat.jpg', 'by a model that was trained on your own pictures'],
    ['capsnet predict --pretrained capsnet-mnist digit.png', 'without a training of your own'],
  ]).argument('<files...>', "pictures; other sizes than the model's are resized, and all but PNG need sharp"),
)
  .addOption(invert)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    const {
      net,
      file: modelFile,
      config,
      pictures: { classes, fit },
      usualScore: sure = halfWay,
    } = await openModel(output, options);
    const nameOf = (label: number) => classes?.[label] ?? String(label);
    const howRead = { sure, invert: options.invert ?? false, areDigits: !classes };
    const images: Image[] = [];
    // All files are read before anything is printed: a wrong one leaves no half of a result.
    for (const file of files) images.push(await readPicture(file, net.config.image, { ...options, fit }));
    const predictions: Prediction[] = [];
    for (const [index, file] of files.entries()) {
      const image = images[index]!;
      const prediction = await classify(net, image, config.data.digits);
      const notes = notesOn(image, prediction.found, prediction.scores, howRead);
      predictions.push({ file, ...prediction, notes });
    }
    for (const { file, found, scores, notes } of predictions) {
      output.print(
        `\n${printableName(file)}  ${pc.bold(found.map(label => printableName(nameOf(label))).join(' and '))}`,
      );
      const shown = mostActive(scores);
      const width = Math.max(3, ...shown.map(label => nameOf(label).length));
      for (const label of shown) {
        const score = scores[label]!;
        const bar = '█'.repeat(Math.round(30 * score)).padEnd(30, '·');
        const line = `  ${printableName(nameOf(label)).padStart(width)}  ${bar}  ${score.toFixed(3)}`;
        output.print(found.includes(label) ? pc.green(line) : pc.dim(line));
      }
      for (const note of notes)
        output.warn(`${printableName(file)} ${meanings[note]}${note === 'unsure' ? sure.toFixed(3) : ''}`);
    }
    output.emit({
      model: modelFile,
      sure,
      predictions: predictions.map(({ file, found, scores, notes }) => ({
        file,
        ...(found.length === 1 ? { class: found[0] } : { classes: found }),
        ...(classes && { names: found.map(nameOf) }),
        scores,
        notes,
      })),
    });
  });

interface Prediction {
  readonly file: string;
  /** The most active classes, in ascending order. */
  readonly found: readonly number[];
  /** Of each class: the length of its capsule, or its probability. */
  readonly scores: readonly number[];
  /** Why it may be wrong. */
  readonly notes: readonly Note[];
}

const meanings: Readonly<Record<Note, string>> = {
  'no-contrast': 'has no contrast, all of it is equally bright: is it empty?',
  'low-contrast': 'has little contrast: networks have seen white ink on black',
  'bright-border': 'has a bright border: for dark ink on white paper, add --invert',
  'inverted-bright-border':
    'has a bright border now that it is inverted: for white ink on black, leave out --invert',
  unsure: 'is none of the classes for sure: no score reaches ',
};

/** Classes that are shown of a model that has many. */
const mostShown = 20;

/** All classes in their order, or of many the most active ones, these first. */
function mostActive(scores: readonly number[]): number[] {
  const labels = [...scores.keys()];
  if (labels.length <= mostShown) return labels;
  return labels.sort((a, b) => scores[b]! - scores[a]!).slice(0, mostShown);
}

type Classified = Pick<Prediction, 'found' | 'scores'>;

/** One image at a time: a file more needs no memory more. */
async function classify(net: AnyNetwork, image: Image, labels: number): Promise<Classified> {
  const images = stack([image]);
  const [classes] = await net.classify(images, { labels: net.config.classes });
  images.dispose();
  const scores = new Array<number>(net.config.classes).fill(0);
  for (const { label, score } of classes!) scores[label] = score;
  const found = classes!.slice(0, labels).map(({ label }) => label);
  return { found: found.sort((a, b) => a - b), scores };
}
