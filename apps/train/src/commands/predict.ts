import * as tf from '@tensorflow/tfjs-core';
import pc from 'picocolors';
import type { Network } from '../models/network';
import { openTrainedModel } from '../models/trained-model';
import { type Image, stack } from '../pictures/image';
import { hasBrightBorder, readPng } from '../pictures/png';
import { openConsole } from '../terminal/console';
import { backend, command, invert, json, model, pretrained, run, runs } from './command';

export const predict = command(
  'predict',
  'Read pictures: the class, and the length of every class capsule.',
  [
    ['capsnet predict digit.png', 'one picture, white ink on black'],
    ['capsnet predict --invert scan-*.png', 'several, dark ink on white paper'],
    ['capsnet predict --json digit.png', 'the same for machines'],
    ['capsnet predict --pretrained capsnet-mnist digit.png', 'without a training of your own'],
  ],
)
  .argument('<files...>', "PNG files of the size of the model's images")
  .addOption(invert)
  .addOption(run)
  .addOption(model)
  .addOption(pretrained)
  .addOption(runs)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    const { net, file: modelFile, config } = await openTrainedModel(output, options);
    const images: Image[] = [];
    // All files are read before anything is printed: a wrong one leaves no half of a result.
    for (const file of files) images.push(await readPng(file, net.config.image, options));
    const lengths = await scoresOfEach(net, images);

    files.forEach((file, index) => {
      const row = lengths[index]!;
      const read = longest(row, config.data.digits);
      output.say(`\n${file}  ${pc.bold(read.join(' and '))}`);
      row.forEach((length, label) => {
        const bar = '█'.repeat(Math.round(30 * length)).padEnd(30, '·');
        const line = `  ${String(label).padStart(3)}  ${bar}  ${length.toFixed(3)}`;
        output.say(read.includes(label) ? pc.green(line) : pc.dim(line));
      });
      if (!options.invert && hasBrightBorder(images[index]!)) {
        output.note(`${file} has a bright border: for dark ink on white paper, add --invert`);
      }
    });
    output.emit({
      model: modelFile,
      predictions: files.map((file, index) => {
        const row = lengths[index]!;
        const read = longest(row, config.data.digits);
        return { file, ...(read.length === 1 ? { class: read[0] } : { classes: read }), lengths: row };
      }),
    });
  });

/** The classes of the `count` longest capsules, in ascending order. */
function longest(lengths: readonly number[], count: number): number[] {
  const classes = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
  return classes.slice(0, count).sort((a, b) => a - b);
}

/** How much each class is seen in each image, one image at a time: a file more needs no memory more. */
async function scoresOfEach(net: Network, images: readonly Image[]): Promise<number[][]> {
  const rows: number[][] = [];
  for (const image of images) {
    const scores = tf.tidy(() => net.scores(stack([image])));
    rows.push([...(await scores.data())]);
    tf.dispose(scores);
  }
  return rows;
}
