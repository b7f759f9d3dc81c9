import type { AnyNetwork } from '@capsnet/core';
import { hasBrightBorder } from '@capsnet/data/node';
import pc from 'picocolors';
import { openModel } from '../models/open-model';
import { type Image, stack } from '../pictures/image';
import { readPng } from '../pictures/png';
import { openConsole } from '../terminal/console';
import { printableName } from '../terminal/printable';
import { command } from './command';
import { backend, invert, json, modelOptions } from './options';

export const predict = modelOptions(
  command('predict', 'Classify pictures, with the score of every class.', [
    ['capsnet predict digit.png', 'one picture, white ink on black'],
    ['capsnet predict --invert scan-*.png', 'several, dark ink on white paper'],
    ['capsnet predict --json digit.png', 'the same for machines'],
    ['capsnet predict --pretrained capsnet-mnist digit.png', 'without a training of your own'],
  ]).argument('<files...>', "PNG files; other sizes than the model's are resized"),
)
  .addOption(invert)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    const { net, file: modelFile, config } = await openModel(output, options);
    const images: Image[] = [];
    // All files are read before anything is printed: a wrong one leaves no half of a result.
    for (const file of files) images.push(await readPng(file, net.config.image, options));
    const predictions: Prediction[] = [];
    for (const [index, file] of files.entries()) {
      predictions.push({ file, ...(await classify(net, images[index]!, config.data.digits)) });
    }
    predictions.forEach(({ file, found, scores }, index) => {
      output.print(`\n${printableName(file)}  ${pc.bold(found.join(' and '))}`);
      scores.forEach((score, label) => {
        const bar = '█'.repeat(Math.round(30 * score)).padEnd(30, '·');
        const line = `  ${String(label).padStart(3)}  ${bar}  ${score.toFixed(3)}`;
        output.print(found.includes(label) ? pc.green(line) : pc.dim(line));
      });
      if (!options.invert && hasBrightBorder(images[index]!.pixels, images[index]!)) {
        output.warn(`${printableName(file)} has a bright border: for dark ink on white paper, add --invert`);
      }
    });
    output.emit({
      model: modelFile,
      predictions: predictions.map(({ file, found, scores }) => ({
        file,
        ...(found.length === 1 ? { class: found[0] } : { classes: found }),
        scores,
      })),
    });
  });

interface Prediction {
  readonly file: string;
  /** The most active classes, in ascending order. */
  readonly found: readonly number[];
  /** Of each class: the length of its capsule, or its probability. */
  readonly scores: readonly number[];
}

/** One image at a time: a file more needs no memory more. */
async function classify(net: AnyNetwork, image: Image, labels: number): Promise<Omit<Prediction, 'file'>> {
  const images = stack([image]);
  const [classes] = await net.classify(images, { labels: net.config.classes });
  images.dispose();
  const scores = new Array<number>(net.config.classes).fill(0);
  for (const { label, score } of classes!) scores[label] = score;
  const found = classes!.slice(0, labels).map(({ label }) => label);
  return { found: found.sort((a, b) => a - b), scores };
}
