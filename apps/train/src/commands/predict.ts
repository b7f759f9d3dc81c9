import type { AnyNetwork } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import pc from 'picocolors';
import { openModel } from '../models/open-model';
import { type Image, stack } from '../pictures/image';
import { hasBrightBorder, readPng } from '../pictures/png';
import { openConsole } from '../terminal/console';
import { command } from './command';
import { backend, invert, json, modelOptions } from './options';

export const predict = modelOptions(
  command('predict', 'Classify pictures, with the score of every class.', [
    ['capsnet predict digit.png', 'one picture, white ink on black'],
    ['capsnet predict --invert scan-*.png', 'several, dark ink on white paper'],
    ['capsnet predict --json digit.png', 'the same for machines'],
    ['capsnet predict --pretrained capsnet-mnist digit.png', 'without a training of your own'],
  ]).argument('<files...>', "PNG files of the size of the model's images"),
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
    const lengths = await scoresOfEach(net, images);

    files.forEach((file, index) => {
      const row = lengths[index]!;
      const found = longest(row, config.data.digits);
      output.print(`\n${file}  ${pc.bold(found.join(' and '))}`);
      row.forEach((length, label) => {
        const bar = '█'.repeat(Math.round(30 * length)).padEnd(30, '·');
        const line = `  ${String(label).padStart(3)}  ${bar}  ${length.toFixed(3)}`;
        output.print(found.includes(label) ? pc.green(line) : pc.dim(line));
      });
      if (!options.invert && hasBrightBorder(images[index]!)) {
        output.warn(`${file} has a bright border: for dark ink on white paper, add --invert`);
      }
    });
    output.emit({
      model: modelFile,
      predictions: files.map((file, index) => {
        const row = lengths[index]!;
        const found = longest(row, config.data.digits);
        return { file, ...(found.length === 1 ? { class: found[0] } : { classes: found }), lengths: row };
      }),
    });
  });

/** The classes of the `count` longest capsules, in ascending order. */
function longest(lengths: readonly number[], count: number): number[] {
  const classes = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
  return classes.slice(0, count).sort((a, b) => a - b);
}

/** How much each class is seen in each image, one image at a time: a file more needs no memory more. */
async function scoresOfEach(net: AnyNetwork, images: readonly Image[]): Promise<number[][]> {
  const rows: number[][] = [];
  for (const image of images) {
    const scores = tf.tidy(() => net.scores(stack([image])));
    rows.push([...(await scores.data())]);
    tf.dispose(scores);
  }
  return rows;
}
