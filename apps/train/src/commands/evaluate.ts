import { formatCount, formatDuration, formatPercent, formatRate } from '@capsnet/checks';
import { Option } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { first, split, testImages } from '../data/splits';
import { formatConfusionMatrix } from '../evaluation/confusion-matrix';
import { evaluateOn } from '../evaluation/evaluation';
import { openData } from '../models/open-data';
import { openModel } from '../models/open-model';
import { openConsole, table } from '../terminal/console';
import { UsageError } from '../terminal/errors';
import { command } from './command';
import { backend, dataOptions, json, modelOptions, positiveNumber } from './options';

export const evaluate = dataOptions(
  modelOptions(
    command('evaluate', 'Measure a trained model on images that it was not trained on.', [
      ['capsnet evaluate', 'the newest run on its test images'],
      ['capsnet evaluate --run night --split validation', 'on the images of its validation'],
      ['capsnet evaluate --model model.safetensors --data digits', 'a model file on other data'],
      ['capsnet evaluate --pretrained capsnet-mnist', 'a model that comes with capsnet'],
    ]),
  ),
)
  .addOption(
    new Option('--split <name>', 'which images')
      .choices(['test', 'validation', 'train'] as const)
      .default('test' as const),
  )
  .option('--limit <n>', 'use only the first n images (default: those that the run used)', positiveNumber)
  .option('--batch-size <n>', 'images at a time', positiveNumber, 128)
  .addOption(backend)
  .addOption(json)
  .action(async ({ split: part, limit, ...options }) => {
    const output = openConsole(options.json ?? false);
    const model = await openModel(output, options);
    const { net, file, backend } = model;
    const { data, config } = await openData(model);
    const used = (await split(data, config))[part];
    if (!used) {
      throw new UsageError('--split validation: needs a run that had a validation split, with its own data');
    }
    // Images that were not trained on are no training images; of test images there may be more than the run has seen.
    const images =
      limit === undefined
        ? used
        : part === 'test'
          ? await testImages(data, config, limit)
          : first(used, limit);

    const started = performance.now();
    const { single, ...metrics } = await evaluateOn(net, images, config, options.batchSize);
    const seconds = (performance.now() - started) / 1000;
    output.print(
      `\n${pc.bold(`${part} accuracy ${formatPercent(metrics.accuracy)}`)} ` +
        `(${formatCount(metrics.mistakes)} of ${formatCount(metrics.images)} wrong)\n`,
    );
    output.print(
      table([
        ['error', formatPercent(metrics.error)],
        ['loss', metrics.loss.toFixed(5)],
        ...(metrics.margin === undefined ? [] : ([['margin loss', metrics.margin.toFixed(5)]] as const)),
        ...(metrics.reconstruction === undefined
          ? []
          : ([['reconstruction', metrics.reconstruction.toFixed(3)]] as const)),
        ...(limit === undefined && config.data.limit !== null
          ? ([
              ['images', `the first ${formatCount(config.data.limit)} at most, as in the run (data.limit)`],
            ] as const)
          : []),
        ['time', `${formatDuration(seconds)}, ${formatRate(metrics.images / seconds)}`],
      ]),
    );
    if (single) output.print(`\n${formatConfusionMatrix(single.confusion)}`);
    output.emit({ model: file, split: part, ...metrics, ...single, backend: backend.name, seconds });
  });
